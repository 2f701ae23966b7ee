/*
 * calendar.c - from seconds since 1970 to dates, and back: the Gregorian
 * calendar in both directions of time. The time zone is UTC.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY          86400LL /* seconds */
#define DAYS_OF_400  146097LL /* days in 400 years, which then repeat */
#define MARCH_1_2000 11017LL /* days after January 1, 1970 */

static char utc[] = "UTC";
char *tzname[2] = { utc, utc };
long timezone;
int daylight;

void tzset(void)
{
}

/*
 * A year that begins in March has the leap day at its end; then the month MONTH
 * (0: March) begins on day (153 * MONTH + 2) / 5, and year YEAR on day
 * 365 * YEAR + YEAR / 4 - YEAR / 100 + YEAR / 400.
 */
static long long days_until(long long year)
{
	return 365 * year + year / 4 - year / 100 + year / 400;
}

static long long floor_divide(long long number, long long divisor)
{
	long long quotient = number / divisor;

	return quotient - (number % divisor < 0);
}

static int is_leap(long long year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict result)
{
	long long days = floor_divide(*time, DAY);
	long long seconds = *time - days * DAY;
	long long cycle, year, month;
	int weekday = (days % 7 + 7 + 4) % 7; /* January 1, 1970: Thursday */

	days -= MARCH_1_2000;
	cycle = floor_divide(days, DAYS_OF_400);
	days -= cycle * DAYS_OF_400;
	year = days / 365;
	while (days_until(year) > days)
		year--;
	days -= days_until(year);
	month = (5 * days + 2) / 153;

	memset(result, 0, sizeof(*result));
	result->tm_mday = days - (153 * month + 2) / 5 + 1;
	result->tm_mon = (month + 2) % 12;
	year += 2000 + 400 * cycle + (month >= 10); /* January, February */
	result->tm_yday = month >= 10 ? days - 306 : days + 59 + is_leap(year);
	if (year - 1900 != (int)(year - 1900)) {
		errno = EOVERFLOW;
		return NULL;
	}
	result->tm_year = year - 1900;
	result->tm_wday = weekday;
	result->tm_hour = seconds / 3600;
	result->tm_min = seconds / 60 % 60;
	result->tm_sec = seconds % 60;
	result->tm_zone = utc;
	return result;
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict result)
{
	return gmtime_r(time, result);
}

struct tm *gmtime(const time_t *time)
{
	static struct tm result;

	return gmtime_r(time, &result);
}

struct tm *localtime(const time_t *time)
{
	return gmtime(time);
}

time_t timegm(struct tm *tm)
{
	long long month = tm->tm_mon - 2LL; /* since March */
	long long year = tm->tm_year - 100LL + floor_divide(month, 12);
	long long cycle = floor_divide(year, 400);
	long long days;
	time_t time;

	month -= floor_divide(month, 12) * 12;
	days = cycle * DAYS_OF_400 + days_until(year - 400 * cycle) +
	       (153 * month + 2) / 5 + tm->tm_mday - 1 + MARCH_1_2000;
	time = days * DAY + tm->tm_hour * 3600LL + tm->tm_min * 60LL +
	       tm->tm_sec;
	return gmtime_r(&time, tm) ? time : -1;
}

time_t mktime(struct tm *tm)
{
	return timegm(tm);
}

double difftime(time_t end, time_t start)
{
	return end - start;
}

/* ── In words ─────────────────────────────────────────────────────────── */

static const char days[][10] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
				 "Thursday", "Friday", "Saturday" };
static const char months[][10] = { "January", "February", "March",
				   "April",   "May",      "June",
				   "July",    "August",   "September",
				   "October", "November", "December" };

/*
 * Weeks that begin on Monday; the first of a year is that with its Thursday.
 * Returns the number, and in *YEAR the year to which the week belongs.
 */
static int iso_week(const struct tm *tm, long long *year)
{
	int weekday = (tm->tm_wday + 6) % 7; /* 0: Monday */
	int thursday = tm->tm_yday - weekday + 3; /* of this week */
	int length;

	*year = tm->tm_year + 1900LL;
	if (thursday < 0) {
		--*year;
		thursday += 365 + is_leap(*year);
	} else {
		length = 365 + is_leap(*year);
		if (thursday >= length) {
			thursday -= length;
			++*year;
		}
	}
	return thursday / 7 + 1;
}

static const char *name_of(const char (*names)[10], int number, int count)
{
	return number >= 0 && number < count ? names[number] : "?";
}

/* What stands for conversion LETTER: text, or FORMAT to be expanded further. */
static const char *expansion(char letter, const struct tm *tm, char *text)
{
	const char *day = name_of(days, tm->tm_wday, 7);
	const char *month = name_of(months, tm->tm_mon, 12);
	long long year = tm->tm_year + 1900LL, week_year;
	int hour = (tm->tm_hour + 11) % 12 + 1;
	int week = iso_week(tm, &week_year);
	struct tm copy = *tm;

#define TEXT(...) return sprintf(text, __VA_ARGS__), text
	switch (letter) {
	case 'a':
		TEXT("%.*s", *day == '?' ? 1 : 3, day);
	case 'A':
		return day;
	case 'b':
	case 'h':
		TEXT("%.*s", *month == '?' ? 1 : 3, month);
	case 'B':
		return month;
	case 'C':
		TEXT("%02lld", floor_divide(year, 100));
	case 'd':
		TEXT("%02d", tm->tm_mday);
	case 'e':
		TEXT("%2d", tm->tm_mday);
	case 'g':
		TEXT("%02lld", week_year - floor_divide(week_year, 100) * 100);
	case 'G':
		TEXT("%lld", week_year);
	case 'H':
		TEXT("%02d", tm->tm_hour);
	case 'I':
		TEXT("%02d", hour);
	case 'j':
		TEXT("%03d", tm->tm_yday + 1);
	case 'k':
		TEXT("%2d", tm->tm_hour);
	case 'l':
		TEXT("%2d", hour);
	case 'm':
		TEXT("%02d", tm->tm_mon + 1);
	case 'M':
		TEXT("%02d", tm->tm_min);
	case 'n':
		return "\n";
	case 'p':
		return tm->tm_hour >= 12 ? "PM" : "AM";
	case 'P':
		return tm->tm_hour >= 12 ? "pm" : "am";
	case 's':
		TEXT("%lld", (long long)mktime(&copy));
	case 'S':
		TEXT("%02d", tm->tm_sec);
	case 't':
		return "\t";
	case 'u':
		TEXT("%d", tm->tm_wday ? tm->tm_wday : 7);
	case 'U':
		TEXT("%02d", (tm->tm_yday + 7 - tm->tm_wday) / 7);
	case 'V':
		TEXT("%02d", week);
	case 'w':
		TEXT("%d", tm->tm_wday);
	case 'W':
		TEXT("%02d", (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7);
	case 'y':
		TEXT("%02lld", year - floor_divide(year, 100) * 100);
	case 'Y':
		TEXT("%lld", year);
	case 'z':
		return "+0000";
	case 'Z':
		return tm->tm_zone ? tm->tm_zone : "";
	case '%':
		return "%";
	}
	return NULL;
#undef TEXT
}

/* Conversions that stand for others. */
static const char *composition(char letter)
{
	switch (letter) {
	case 'c':
		return "%a %b %e %H:%M:%S %Y";
	case 'D':
	case 'x':
		return "%m/%d/%y";
	case 'F':
		return "%Y-%m-%d";
	case 'r':
		return "%I:%M:%S %p";
	case 'R':
		return "%H:%M";
	case 'T':
	case 'X':
		return "%H:%M:%S";
	}
	return NULL;
}

size_t strftime(char *restrict buffer, size_t size, const char *restrict format,
		const struct tm *restrict tm)
{
	char text[32];
	size_t length = 0, added;

	for (; *format; format++) {
		const char *insert = NULL;

		added = 1;
		if (*format == '%') {
			const char *letter = format + 1;

			if (*letter == 'E' || *letter == 'O')
				letter++; /* of another calendar: none */
			if (composition(*letter)) {
				added = strftime(buffer + length, size - length,
						 composition(*letter), tm);
				if (added == 0)
					return 0;
				length += added;
				format = letter;
				continue;
			}
			insert = expansion(*letter, tm, text);
			if (insert) {
				format = letter;
				added = strlen(insert);
			}
		}
		if (added >= size - length)
			return 0;
		memcpy(buffer + length, insert ? insert : format, added);
		length += added;
	}
	if (length >= size)
		return 0;
	buffer[length] = '\0';
	return length;
}

char *asctime_r(const struct tm *restrict tm, char *restrict buffer)
{
	sprintf(buffer, "%.3s %.3s%3d %.2d:%.2d:%.2d %lld\n",
		name_of(days, tm->tm_wday, 7), name_of(months, tm->tm_mon, 12),
		tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
		tm->tm_year + 1900LL);
	return buffer;
}

char *asctime(const struct tm *tm)
{
	static char buffer[80];

	return asctime_r(tm, buffer);
}

char *ctime_r(const time_t *time, char *buffer)
{
	struct tm tm;

	return gmtime_r(time, &tm) ? asctime_r(&tm, buffer) : NULL;
}

char *ctime(const time_t *time)
{
	struct tm *tm = gmtime(time);

	return tm ? asctime(tm) : NULL;
}
