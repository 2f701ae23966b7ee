/*
 * words.c - a program nobody wrote for Faultline: glibc's locale, time zones,
 * regular expressions, options, environment, words.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <locale.h>
#include <regex.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include <wordexp.h>

static void options(void)
{
	static const struct option longs[] = { { "verbose", 0, NULL, 'v' },
					       { "size", 1, NULL, 's' },
					       { NULL, 0, NULL, 0 } };
	char *words[] = { "p",  "file", "-v",        "--size=12",
			  "-x", "more", "--nothing", NULL };
	int letter;

	while ((letter = getopt_long(7, words, "vs:x", longs, NULL)) != -1)
		printf("option %c %s\n", letter, optarg ? optarg : "-");
	while (optind < 7)
		printf("left %s\n", words[optind++]);
}

static void dates(void)
{
	static const char *const zones[] = { "UTC0",
					     "CET-1CEST,M3.5.0,M10.5.0/3",
					     "EST5EDT,M3.2.0,M11.1.0" };
	time_t moment = 1700000000;
	char text[100];
	struct tm parts;

	for (int i = 0; i < 3; i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		strftime(text, sizeof(text), "%c %Z %z %j %U %G-W%V",
			 localtime(&moment));
		puts(text);
		parts = *localtime(&moment);
		parts.tm_mon -= 5;
		printf("%ld %d\n", (long)mktime(&parts), parts.tm_isdst);
	}
	memset(&parts, 0, sizeof(parts));
	printf("%d\n",
	       strptime("2001-02-03 04:05:06", "%Y-%m-%d %T", &parts) != NULL);
	printf("%s", asctime(&parts));
	printf("%ld\n", (long)timegm(&parts));
	printf("%d %d\n", time(NULL) > 1600000000, clock() >= 0);
	{
		struct timespec a, b;

		clock_gettime(CLOCK_MONOTONIC, &a);
		clock_gettime(CLOCK_MONOTONIC, &b);
		printf("%d\n", b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec &&
						       b.tv_nsec >= a.tv_nsec));
		printf("%d\n", clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a));
		printf("%d\n", clock_getres(CLOCK_REALTIME, &a));
		printf("%d %s\n", clock_gettime(99, &a), strerror(errno));
	}
}

static void expressions(void)
{
	regex_t expression;
	regmatch_t match[4];
	const char *text = "On 2001-02-03 and 1999-12-31.";

	printf("%d\n", regcomp(&expression, "([0-9]{4})-([0-9]+)-([0-9]+)",
			       REG_EXTENDED));
	while (!regexec(&expression, text, 4, match, 0)) {
		for (int i = 0; i < 4; i++)
			printf("<%.*s>", (int)(match[i].rm_eo - match[i].rm_so),
			       text + match[i].rm_so);
		text += match[0].rm_eo;
	}
	puts("");
	regfree(&expression);
	printf("%d\n", regcomp(&expression, "(", REG_EXTENDED));
}

static void shell_words(void)
{
	wordexp_t words;
	int result;

	setenv("NAME", "two words", 1);
	result = wordexp("a \"$NAME\" $NAME ${NONE:-default} $((6*7)) '$x'",
			 &words, 0);
	printf("wordexp %d\n", result);
	if (!result)
		for (size_t i = 0; i < words.we_wordc; i++)
			printf("[%s]", words.we_wordv[i]);
	puts("");
	result = wordexp("$(echo from a shell)", &words, 0);
	printf("%d", result);
	if (!result)
		for (size_t i = 0; i < words.we_wordc; i++)
			printf("[%s]", words.we_wordv[i]);
	puts("");
}

static void environment(void)
{
	setenv("A", "1", 1);
	setenv("A", "2", 0);
	putenv("B=3");
	printf("%s %s\n", getenv("A"), getenv("B"));
	unsetenv("A");
	printf("%d\n", getenv("A") == NULL);
	clearenv();
	printf("%d\n", environ == NULL || !*environ);
	printf("%d\n", secure_getenv("B") == NULL);
}

static void wide(void)
{
	wchar_t wide[20];

	printf("%s\n", setlocale(LC_ALL, "C"));
	printf("%d\n", setlocale(LC_ALL, "nowhere_XX") == NULL);
	setlocale(LC_ALL, "C");
	printf("%s\n", localeconv()->decimal_point);
	swprintf(wide, 20, L"%ls %d", L"w", 5);
	printf("%ls\n", wide);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void visit(const void *node, VISIT when, int level)
{
	if (when == postorder || when == leaf)
		printf("%s@%d ", *(const char *const *)node, level);
}

static void containers(void)
{
	static const char *const words[] = { "pear", "apple", "fig",
					     "kiwi", "lime",  "date" };
	void *tree = NULL;

	for (int i = 0; i < 6; i++)
		tsearch(words[i], &tree, compare);
	twalk(tree, visit);
	puts("");
	hcreate(10);
	for (long i = 0; i < 6; i++)
		hsearch((ENTRY){ (char *)words[i], (void *)i }, ENTER);
	printf("%ld\n", (long)hsearch((ENTRY){ "kiwi", NULL }, FIND)->data);
	hdestroy();
}

static void numbers(void)
{
	char *end;

	srand(1);
	printf("%d %d\n", rand(), rand());
	srandom(42);
	printf("%ld\n", random());
	srand48(7);
	printf("%.10f\n", drand48());
	printf("%ld %s\n", strtol("99999999999", &end, 10), strerror(errno));
	printf("%lld\n", strtoll("0x7fffffffffff", NULL, 0));
	printf("%Lf %Lg %a\n", 1.1L, 1e4000L, 0.1);
	printf("%" PRIdMAX " %#o %+d %'d %05.1f %-8s| %n\n", INTMAX_MAX, 8, 5,
	       1234567, 3.14159, "left", &(int){ 0 });
	printf("%s %s\n", strsignal(11), strerrorname_np(ENOENT));
	printf("%ld %ld\n", sysconf(_SC_PAGESIZE), sysconf(_SC_CLK_TCK));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	options();
	dates();
	expressions();
	shell_words();
	environment();
	wide();
	containers();
	numbers();
	return 0;
}
