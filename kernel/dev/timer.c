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

#define NSEC_PER_SEC   1000000000u
#define NSEC_PER_TICK  (NSEC_PER_SEC / HZ)
#define NSEC_PER_COUNT (NSEC_PER_SEC / PIT_RATE)

volatile unsigned long jiffies;

static void timer_interrupt(void)
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
 * The kernel runs with interrupts off, so a tick may be due that jiffies does
 * not count yet; the interrupt controller knows. Should it come between our
 * question and the counter's answer, ask again. Ticks beyond the one that the
 * controller remembers are lost: then the clock is late, but it never goes
 * back.
 */
uint64_t sched_clock(void)
{
	static uint64_t last;
	bool due;
	unsigned int elapsed;
	uint64_t now;

	do {
		due = pic_raised(TIMER_IRQ);
		elapsed = pit_elapsed();
	} while (due != pic_raised(TIMER_IRQ));

	now = (uint64_t)(jiffies + due) * NSEC_PER_TICK +
	      elapsed * NSEC_PER_COUNT;
	last = max(last, now);
	return last;
}

/* ── The CMOS clock ───────────────────────────────────────────────────── */

#define CMOS_ADDRESS 0x70
#define CMOS_DATA    0x71

#define RTC_SECONDS  0x00
#define RTC_MINUTES  0x02
#define RTC_HOURS    0x04
#define RTC_DAY      0x07
#define RTC_MONTH    0x08
#define RTC_YEAR     0x09
#define RTC_STATUS_A 0x0a
#define RTC_STATUS_B 0x0b

#define RTC_UPDATING 0x80 /* status A: the registers are about to change */
#define RTC_24_HOURS 0x02 /* status B */
#define RTC_BINARY   0x04 /* status B: not BCD */
#define RTC_PM       0x80 /* hours, on a 12-hour clock */

struct rtc_time {
	unsigned int seconds, minutes, hours, day, month, year;
};

static unsigned int cmos_read(unsigned int index)
{
	outb(CMOS_ADDRESS, index);
	return inb(CMOS_DATA);
}

static struct rtc_time rtc_read(void)
{
	return (struct rtc_time){
		.seconds = cmos_read(RTC_SECONDS),
		.minutes = cmos_read(RTC_MINUTES),
		.hours = cmos_read(RTC_HOURS),
		.day = cmos_read(RTC_DAY),
		.month = cmos_read(RTC_MONTH),
		.year = cmos_read(RTC_YEAR),
	};
}

/*
 * An update takes 2 ms. Two equal readings cannot straddle one. All zeroes:
 * there is no clock, or one that never rests.
 */
static struct rtc_time rtc_read_stable(void)
{
	struct rtc_time now = { 0 };
	struct rtc_time before;

	for (unsigned int tries = 0; tries < 100000; tries++) {
		if (cmos_read(RTC_STATUS_A) & RTC_UPDATING)
			continue;
		before = rtc_read();
		now = rtc_read();
		if (before.seconds == now.seconds)
			break;
	}
	return now;
}

static unsigned int bcd_to_binary(unsigned int bcd)
{
	return (bcd >> 4) * 10 + (bcd & 0xf);
}

/*
 * Days from 1970-01-01 to the first of MONTH. The year is taken to begin in
 * March: then the leap day is its last, and months are 30.6 days long.
 */
static unsigned int days_before_month(unsigned int year, unsigned int month)
{
	if (month <= 2) {
		year--;
		month += 12;
	}
	return year * 365 + year / 4 - year / 100 + year / 400 +
	       (month + 1) * 306 / 10 - 719590;
}

static uint64_t rtc_to_seconds(struct rtc_time time)
{
	unsigned int status = cmos_read(RTC_STATUS_B);
	bool afternoon = time.hours & RTC_PM;

	time.hours &= ~RTC_PM;
	if (!(status & RTC_BINARY)) {
		time.seconds = bcd_to_binary(time.seconds);
		time.minutes = bcd_to_binary(time.minutes);
		time.hours = bcd_to_binary(time.hours);
		time.day = bcd_to_binary(time.day);
		time.month = bcd_to_binary(time.month);
		time.year = bcd_to_binary(time.year);
	}
	if (!(status & RTC_24_HOURS))
		time.hours = time.hours % 12 + (afternoon ? 12 : 0);
	if (time.month < 1 || time.month > 12)
		return 0; /* there is no such clock */
	/* Two digits: 1970 to 2069. */
	time.year += time.year < 70 ? 2000 : 1900;

	return (uint64_t)(days_before_month(time.year, time.month) + time.day -
			  1) *
		       86400 +
	       time.hours * 3600 + time.minutes * 60 + time.seconds;
}

uint64_t boot_time_seconds(void)
{
	static uint64_t boot_time;
	static bool known;

	if (!known) {
		uint64_t now = rtc_to_seconds(rtc_read_stable());
		uint64_t uptime = sched_clock() / NSEC_PER_SEC;

		boot_time = now - min(now, uptime);
		known = true;
	}
	return boot_time;
}
