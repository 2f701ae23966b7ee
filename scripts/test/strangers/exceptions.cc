/*
 * exceptions.cc - a program nobody wrote for Faultline: C++ unwinds the stack,
 * and iostream, containers and strings drive malloc.
 */
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Guard {
	std::string name;

	explicit Guard(std::string name) : name(std::move(name))
	{
		std::cout << "enter " << this->name << '\n';
	}

	~Guard()
	{
		std::cout << "leave " << name << '\n';
	}
};

static void climb(int depth)
{
	Guard guard("depth " + std::to_string(depth));

	if (depth == 0)
		throw std::runtime_error("the bottom");
	climb(depth - 1);
}

static void containers()
{
	std::map<std::string, int> map;
	std::vector<std::unique_ptr<Guard>> guards;
	std::vector<int> numbers;
	int sum = 0;

	for (int i = 0; i < 20000; i++) {
		map[std::to_string(i * 7919 % 1000)] += i;
		numbers.push_back(i * 7919 % 20011);
	}
	for (const auto &[key, value] : map)
		sum = sum * 31 + value;
	std::sort(numbers.begin(), numbers.end());
	std::cout << sum << ' ' << numbers[5000] << '\n';
	guards.emplace_back(new Guard("kept"));
}

int main()
{
	try {
		climb(3);
	} catch (const std::exception &error) {
		std::cout << error.what() << std::endl;
	}
	containers();
	try {
		std::vector<char> huge(3000000000u);
	} catch (const std::length_error &error) {
		std::cout << error.what() << '\n';
	}
	try {
		std::string().at(5);
	} catch (const std::out_of_range &) {
		std::cout << "out of range\n";
	}
	std::cout << std::setprecision(17) << 0.1 << ' ' << std::hex << 255
		  << '\n'
		  << std::flush;
	throw 5;
}
