/*
 * serial.c - up to four 16550A UARTs at 115200 baud, 8N1. Output waits for the
 * port; input waits in the UART until somebody wants it, and an interrupt says
 * that some has come. National Semiconductor PC16550D data sheet. Linux:
 * drivers/tty/serial/8250/8250_port.c.
 */
#include "dev/dev.h"
#include "proc/task.h"
#include "trap/trap.h"

/* Registers, counted from the port's base. */
#define UART_RX  0 /* read: the next byte received */
#define UART_TX  0 /* write: the next byte to send */
#define UART_DLL 0 /* with LCR_DLAB: divisor, low byte */
#define UART_DLM 1 /* … high byte */
#define UART_IER 1 /* which interrupts */
#define UART_FCR 2 /* write: FIFO control */
#define UART_LCR 3 /* line control */
#define UART_MCR 4 /* modem control */
#define UART_LSR 5 /* line status */
#define UART_SCR 7 /* scratch: keeps what is written */

#define IER_RX      0x01 /* data received */
#define FCR_FIFO    0xc1 /* on, interrupt at 14 of 16 bytes */
#define LCR_8N1     0x03
#define LCR_DLAB    0x80
#define MCR_READY   0x0b /* DTR, RTS, and OUT2: lets interrupts out */
#define MCR_LOOP    0x10 /* loopback: the line is cut off */
#define LSR_DATA    0x01 /* a byte has been received */
#define LSR_TX_FREE 0x20 /* the transmitter takes another byte */
#define LSR_TX_IDLE 0x40 /* … and the last byte has left */

#define DIVISOR 1 /* 115200 / 115200 baud */

static struct serial_port {
	uint16_t base;
	bool present;
	int early; /* a byte that came before the kernel, or -1 */
} ports[NR_SERIAL] = {
	{ .base = 0x3f8 },
	{ .base = 0x2f8 },
	{ .base = 0x3e8 },
	{ .base = 0x2e8 },
};

static int receive(const struct serial_port *port)
{
	if (!(inb(port->base + UART_LSR) & LSR_DATA))
		return -1;
	return inb(port->base + UART_RX);
}

/*
 * A UART is there if it keeps what is written to its scratch register.
 * Switching the FIFOs on empties them: so a byte that came before we did is
 * kept, and meanwhile, in loopback, QEMU lets nothing follow it.
 */
static void setup(struct serial_port *port)
{
	outb(port->base + UART_SCR, 0x5a);
	port->present = inb(port->base + UART_SCR) == 0x5a;
	if (!port->present)
		return;
	outb(port->base + UART_MCR, MCR_LOOP);
	outb(port->base + UART_LCR, LCR_DLAB);
	outb(port->base + UART_DLL, DIVISOR & 0xff);
	outb(port->base + UART_DLM, DIVISOR >> 8);
	outb(port->base + UART_LCR, LCR_8N1);
	outb(port->base + UART_IER, 0);
	port->early = receive(port);
	outb(port->base + UART_FCR, FCR_FIFO);
	outb(port->base + UART_MCR, MCR_READY);
}

void serial_early_init(void)
{
	for (unsigned int line = 0; line < NR_SERIAL; line++)
		setup(&ports[line]);
}

bool serial_present(unsigned int line)
{
	return ports[line].present;
}

/*
 * The wait has no limit: the receiver may have good reason to hold us up, and
 * nothing may be lost.
 */
static void wait_for(const struct serial_port *port, uint8_t status)
{
	while (!(inb(port->base + UART_LSR) & status))
		continue;
}

void serial_write(unsigned int line, const char *data, size_t size)
{
	const struct serial_port *port = &ports[line];

	for (size_t i = 0; i < size; i++) {
		wait_for(port, LSR_TX_FREE);
		outb(port->base + UART_TX, data[i]);
	}
}

void serial_flush(void)
{
	for (unsigned int line = 0; line < NR_SERIAL; line++)
		if (ports[line].present)
			wait_for(&ports[line], LSR_TX_IDLE);
}

/* The interrupt is on while all that has come has been taken. */
int serial_getc(unsigned int line)
{
	struct serial_port *port = &ports[line];
	int byte = port->early;

	if (!port->present)
		return -1;
	port->early = -1;
	if (byte < 0)
		byte = receive(port);
	if (byte < 0)
		outb(port->base + UART_IER, IER_RX);
	return byte;
}

int serial_wait(void)
{
	return sleep_on(ports);
}

/*
 * Two ports share a wire, and the interrupt controller sees only its rising
 * edge. So all fall silent first; who takes the last byte gets the next edge.
 */
static void serial_interrupt(unsigned int irq)
{
	for (unsigned int line = 0; line < NR_SERIAL; line++)
		if (ports[line].present)
			outb(ports[line].base + UART_IER, 0);
	wake_up(ports);
	tty_receive();
}

void serial_init(void)
{
	request_irq(3, serial_interrupt);
	request_irq(4, serial_interrupt);
}
