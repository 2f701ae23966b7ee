/*
 * timer.c - time: the 8254's channel 0 interrupts HZ times a second, its
 * counter tells the time in between, and the CMOS clock tells the date.
 * Intel 8254 data sheet; Motorola MC146818A. Linux: arch/x86/kernel/i8253.c,
 * drivers/rtc/rtc-mc146818-lib.c.
 */
#include "dev/dev.h"
#include "proc/task.h"
#include "trap/trap.h"

#define TIMER_IRQ       0
#define PIT_CHANNEL0    0x40
#define PIT_COMMAND     0x43
#define PIT_RATE        1193182 /* counts per second */
#define PIT_LATCH       ((PIT_RATE + HZ / 2) / HZ) /* counts per tick */
#define PIT_RATE_MODE   0x34 /* channel 0, low then high byte, mode 2 */
#define PIT_LATCH_COUNT 0x00 /* hold channel 0's count for reading */

#define NSEC_PER_TICK  (NSEC_PER_SEC / HZ)
#define NSEC_PER_COUNT (NSEC_PER_SEC / PIT_RATE)

volatile unsigned long jiffies;

static void timer_interrupt(unsigned int irq)
{
	jiffies++;
	scheduler_tick();
	wake_up((void *)&jiffies);
}

void timer_init(void)
{
	outb(PIT_COMMAND, PIT_RATE_MODE);
	outb(PIT_CHANNEL0, PIT_LATCH & 0xff);
	outb(PIT_CHANNEL0, PIT_LATCH >> 8);
	request_irq(TIMER_IRQ, timer_interrupt);
}

/* Counts since the last tick: the counter runs from PIT_LATCH down to 1. */
static unsigned int pit_elapsed(void)
{
	unsigned int count;

	outb(PIT_COMMAND, PIT_LATCH_COUNT);
	count = inb(PIT_CHANNEL0);
	count |= inb(PIT_CHANNEL0) << 8;
	return count <= PIT_LATCH ? PIT_LATCH - count : 0;
}

/*
 * The kernel runs with interrupts off. When a tick is due meanwhile the clock
 * stands still until it has been counted, as it must not go back; a second
 * such tick is lost, and the clock late.
 */
uint64_t sched_clock(void)
{
	static uint64_t last;
	uint64_t now = (uint64_t)jiffies * NSEC_PER_TICK +
		       pit_elapsed() * NSEC_PER_COUNT;

	last = max(last, now);
	return last;
}

/* ── The CMOS clock ───────────────────────────────────────────────────── */

#define CMOS_ADDRESS 0x70
#define CMOS_DATA    0x71

#define RTC_SECONDS 0x00
#define RTC_MINUTES 0x02
#define RTC_HOURS   0x04
#define RTC_DAY     0x07
#define RTC_MONTH   0x08
#define RTC_YEAR    0x09

/* Two digits: a PC's clock counts in decimal, and its hours to 24. */
static unsigned int rtc_read(unsigned int index)
{
	unsigned int bcd;

	outb(CMOS_ADDRESS, index);
	bcd = inb(CMOS_DATA);
	return (bcd >> 4) * 10 + (bcd & 0xf);
}

/*
 * The clock's time in seconds since 1970. For the days before a month the year
 * is taken to begin in March: then the leap day is its last, and months are
 * 30.6 days long. Linux: mktime64().
 */
static uint64_t rtc_seconds(void)
{
	unsigned int seconds, minutes, hours, day, month, year, days;

	/* Again, if it went on meanwhile. */
	do {
		seconds = rtc_read(RTC_SECONDS);
		minutes = rtc_read(RTC_MINUTES);
		hours = rtc_read(RTC_HOURS);
		day = rtc_read(RTC_DAY);
		month = rtc_read(RTC_MONTH);
		year = 2000 + rtc_read(RTC_YEAR);
	} while (seconds != rtc_read(RTC_SECONDS));

	if (month <= 2) {
		month += 12;
		year--;
	}
	days = year * 365 + year / 4 - year / 100 + year / 400 +
	       (month + 1) * 306 / 10 + day - 719591;
	return days * 86400ull + hours * 3600 + minutes * 60 + seconds;
}

uint64_t boot_time_seconds(void)
{
	static uint64_t boot_time;

	if (!boot_time)
		boot_time = rtc_seconds() - sched_clock() / NSEC_PER_SEC;
	return boot_time;
}
