/*
 * dev.h - the devices of a PC that the kernel drives: serial ports, VGA text,
 * keyboard, timer, interrupt controller, and the switch that turns it off.
 */
#ifndef DEV_DEV_H
#define DEV_DEV_H

#include "lib/types.h"

/* ── Ports ────────────────────────────────────────────────────────────── */

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outw(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

/* ── pic.c: the 8259A, IRQ 0-7 on vectors 0x20-0x27 ───────────────────── */

#define IRQ_VECTOR 0x20
#define NR_IRQS    8

void pic_init(void); /* all masked */
void pic_unmask(unsigned int irq);
void pic_eoi(void);

/* ── timer.c: the 8254, HZ interrupts a second ────────────────────────── */

#define HZ 100

extern volatile unsigned long jiffies; /* ticks since boot */

/* Who sleeps on &jiffies, sleep_on((void *)&jiffies), wakes at each tick. */
void timer_init(void);

/* Nanoseconds since boot, from the ticks and the 8254's counter. */
uint64_t sched_clock(void);

/* Seconds since 1970 at boot, from the CMOS clock; read when first asked. */
uint64_t boot_time_seconds(void);

/* ── serial.c: up to four 16550 UARTs, COM1 … COM4 = ttyS0 … ttyS3 ────── */

#define NR_SERIAL 4

bool serial_present(unsigned int line);

/* Send SIZE bytes as they are; waits for the UART. */
void serial_write(unsigned int line, const char *data, size_t size);

/*
 * A received byte, or -1 if there is none now. Nothing is lost while nobody
 * reads: the UART holds its bytes back, and QEMU the sender. Sleep in between,
 * until some port has some: as sleep_on().
 */
int serial_getc(unsigned int line);
int serial_wait(void);

/* Wait until the last byte written has left all ports. */
void serial_flush(void);

/* Probe and set up the ports (no interrupts yet); then with interrupts. */
void serial_early_init(void);
void serial_init(void);

/* ── vga.c: the 80×25 text screen at 0xb8000, scrolling, ANSI colours ─── */

void vga_init(void);
void vga_write(const char *data, size_t size);

/* ── keyboard.c: PS/2, US layout; bytes as a terminal would send them ─── */

void keyboard_init(void);

/* ── fs/tty.c: where what comes from a keyboard and from COM1 goes ─────── */

void tty_type(uint8_t character); /* without room for it, it is lost */
void tty_receive(void); /* take from COM1 what there is room for */

/* ── power.c ──────────────────────────────────────────────────────────── */

extern bool debug_exit; /* on the command line; set by main.c */

/*
 * Turn the machine off: with debug_exit on the command line through QEMU's
 * isa-debug-exit (port 0xf4), else as QEMU's PCs are; else say that it may be
 * switched off.
 */
void machine_power_off(void) __noreturn;
void machine_restart(void) __noreturn; /* by the keyboard controller */

/* After a panic: stop; with debug_exit, QEMU ends with a status of failure. */
void machine_panic_exit(void) __noreturn;

#endif
