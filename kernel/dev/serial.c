/*
 * serial.c - up to four 16550A UARTs at 115200 baud, 8N1. Output waits for the
 * port, input comes by interrupt into a ring per port. National Semiconductor
 * PC16550D data sheet. Linux: drivers/tty/serial/8250/8250_port.c.
 */
#include "dev/dev.h"
#include "trap/trap.h"

/* Registers, counted from the port's base. */
#define UART_RX  0 /* read: the next byte received */
#define UART_TX  0 /* write: the next byte to send */
#define UART_DLL 0 /* with LCR_DLAB: divisor, low byte */
#define UART_DLM 1 /* … high byte */
#define UART_IER 1 /* which interrupts */
#define UART_IIR 2 /* read: which interrupt is pending */
#define UART_FCR 2 /* write: FIFO control */
#define UART_LCR 3 /* line control */
#define UART_MCR 4 /* modem control */
#define UART_LSR 5 /* line status */
#define UART_MSR 6 /* modem status */
#define UART_SCR 7 /* scratch: keeps what is written */

#define IER_RX      0x01 /* data received */
#define IIR_NONE    0x01 /* no interrupt pending */
#define FCR_FIFO    0xc7 /* on, both emptied, interrupt at 14 of 16 bytes */
#define LCR_8N1     0x03
#define LCR_DLAB    0x80
#define MCR_READY   0x0b /* DTR, RTS, and OUT2: lets interrupts out */
#define MCR_LOOP    0x1e /* loopback; RTS, OUT1, OUT2 */
#define MSR_LOOP    0xd0 /* … seen as CTS, RI, DCD */
#define LSR_DATA    0x01 /* a byte has been received */
#define LSR_TX_FREE 0x20 /* the transmitter takes another byte */
#define LSR_TX_IDLE 0x40 /* … and the last byte has left */

#define DIVISOR   1 /* 115200 / 115200 baud */
#define RING_SIZE 1024 /* bytes, a power of two */

struct serial_port {
	uint16_t base;
	uint8_t irq;
	bool present;
	bool held; /* ring full: receive interrupt is off */
	unsigned int head, tail; /* of the ring: next in, next out */
	void (*handler)(unsigned int line);
	uint8_t ring[RING_SIZE];
};

static struct serial_port ports[NR_SERIAL] = {
	{ .base = 0x3f8, .irq = 4 },
	{ .base = 0x2f8, .irq = 3 },
	{ .base = 0x3e8, .irq = 4 },
	{ .base = 0x2e8, .irq = 3 },
};

/*
 * A UART keeps what is written to its scratch register, and in loopback its
 * modem outputs are its modem inputs. Leaves it in loopback.
 */
static bool probe(uint16_t base)
{
	outb(base + UART_SCR, 0x5a);
	if (inb(base + UART_SCR) != 0x5a)
		return false;
	outb(base + UART_MCR, MCR_LOOP);
	return (inb(base + UART_MSR) & 0xf0) == MSR_LOOP;
}

/*
 * Move bytes from the UART to the ring. When that is full, they stay in the
 * UART with its interrupt off; the UART fills up and holds back the sender.
 */
static void receive(struct serial_port *port)
{
	bool full = port->head - port->tail == RING_SIZE;

	while (!full && inb(port->base + UART_LSR) & LSR_DATA) {
		uint8_t byte = inb(port->base + UART_RX);

		port->ring[port->head++ % RING_SIZE] = byte;
		full = port->head - port->tail == RING_SIZE;
	}
	if (full != port->held)
		outb(port->base + UART_IER, full ? 0 : IER_RX);
	port->held = full;
}

/*
 * Switching the FIFOs on empties them. What the host sent before we were there
 * is saved first; while the port is in loopback QEMU lets nothing follow it.
 */
static void setup(struct serial_port *port)
{
	outb(port->base + UART_IER, 0);
	outb(port->base + UART_LCR, LCR_DLAB);
	outb(port->base + UART_DLL, DIVISOR & 0xff);
	outb(port->base + UART_DLM, DIVISOR >> 8);
	outb(port->base + UART_LCR, LCR_8N1);
	receive(port);
	outb(port->base + UART_FCR, FCR_FIFO);
	outb(port->base + UART_MCR, MCR_READY);
}

void serial_early_init(void)
{
	for (unsigned int line = 0; line < NR_SERIAL; line++) {
		struct serial_port *port = &ports[line];

		port->present = probe(port->base);
		if (port->present)
			setup(port);
	}
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

	if (!port->present)
		return;
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

int serial_getc(unsigned int line)
{
	struct serial_port *port = &ports[line];

	if (port->head == port->tail && port->held)
		receive(port);
	if (port->head == port->tail)
		return -1;
	return port->ring[port->tail++ % RING_SIZE];
}

void serial_set_handler(unsigned int line, void (*handler)(unsigned int line))
{
	ports[line].handler = handler;
}

/*
 * Two ports share a wire, and the interrupt controller sees only its rising
 * edge. So go round until both are quiet at once: only then has the wire
 * fallen, and the next byte makes an edge.
 */
static void service(unsigned int irq)
{
	bool quiet;

	do {
		quiet = true;
		for (unsigned int line = 0; line < NR_SERIAL; line++) {
			struct serial_port *port = &ports[line];

			if (!port->present || port->irq != irq ||
			    inb(port->base + UART_IIR) & IIR_NONE)
				continue;
			quiet = false;
			receive(port);
			if (port->handler)
				port->handler(line);
		}
	} while (!quiet);
}

void serial_init(void)
{
	request_irq(3, service);
	request_irq(4, service);
	for (unsigned int line = 0; line < NR_SERIAL; line++)
		if (ports[line].present)
			outb(ports[line].base + UART_IER, IER_RX);
}
