/*
 * task.h - a running program as the kernel sees it: its kernel stack, its
 * address space, its open files; how one starts, takes turns and ends.
 *
 *     stack + THREAD_SIZE ┌──────────────────────┐ ← the CPU enters here
 *                         │ struct pt_regs       │   from ring 3 (TSS)
 *                         ├──────────────────────┤
 *                         │ calls of the kernel  │
 *                         │          ↓           │
 *                         │                      │
 *                         ├──────────────────────┤
 *                         │ a page not mapped    │ ← an overflow ends here
 *     stack               └──────────────────────┘
 */
#ifndef PROC_TASK_H
#define PROC_TASK_H

#include "abi/resource.h"
#include "lib/list.h"
#include "lib/types.h"
#include "proc/signal.h"
#include "trap/trap.h"

#define THREAD_SIZE   16384 /* bytes of kernel stack, the guard included */
#define TASK_COMM_LEN 16
#define NR_OPEN       64 /* open files of a task */
#define TIME_SLICE    5 /* every so many ticks it is the next one's turn */
#define NR_TLS        1 /* segments for set_thread_area() */
#define FPU_SIZE      512 /* bytes that FXSAVE stores */

enum task_state {
	TASK_RUNNING, /* runs or wants to */
	TASK_INTERRUPTIBLE, /* waits for wake_up(), or a signal */
	TASK_KILLABLE, /* the same, but only SIGKILL ends it */
	TASK_STOPPED, /* by a signal; SIGCONT lets it go on */
	TASK_ZOMBIE, /* has ended; exit_code waits to be read */
};

struct task_struct {
	unsigned long kernel_sp; /* where switch_to() left it */
	void *stack;
	enum task_state state;
	void *wait_channel; /* what it sleeps on */
	struct list_head tasks; /* all tasks, in a ring */
	bool need_resched; /* its turn is over */
	bool traced; /* named in set_event_pid (trace/trace.c) */

	int pid;
	bool did_exec; /* since fork(); then it is too late for setpgid() */
	struct task_struct *parent; /* who may wait for it */
	int __user *set_child_tid; /* where a new task writes its pid */
	int exit_code; /* what wait() will tell; 0: nothing new */

	uint64_t pending; /* signals that came; bit N - 1: signal N */
	int pending_signal; /* one that is pending and not blocked, or 0 */
	struct signal_info info[NSIG - 1]; /* of those that are pending */
	uint64_t saved_sigmask; /* blocked, before rt_sigsuspend() */
	bool restore_sigmask;
	uint64_t timer_end, timer_interval; /* alarm(), in ns; 0: off */
	uint64_t deadline; /* of a call that is made again; or 0 */
	unsigned long fault_address; /* the last one's */

	struct mm_struct *mm; /* NULL: a task of the kernel */
	struct inode *proc_dir; /* /proc/PID, once somebody looked */
	uint64_t start_time; /* ns since boot */
	unsigned long utime, cutime; /* ticks: its own; of children it reaped */

	/* From here on fork() copies all as it is. */
	int pgrp, session; /* the pid of their leader (session.c) */
	char comm[TASK_COMM_LEN]; /* the program's name */
	uint64_t blocked; /* signals that have to wait */
	struct kernel_sigaction action[NSIG - 1]; /* on signal N: at N - 1 */
	struct kernel_stack altstack; /* ss_size 0: none */
	struct file *files[NR_OPEN];
	uint64_t close_on_exec; /* bit per file */
	struct inode *cwd; /* the current directory */
	unsigned int umask; /* permissions that new files do not get */
	struct rlimit rlim[RLIM_NLIMITS]; /* by RLIMIT_* (resource.c) */
	uint64_t tls[NR_TLS]; /* its entries of the GDT */
	unsigned short fs, gs;
	uint8_t fpu[FPU_SIZE] __attribute__((aligned(16)));
};

/* exit_code: status << 8, or the signal that ended it, or one of these. */
#define STOPPED_CODE   0x7f /* signal << 8 is added */
#define CONTINUED_CODE 0xffff

extern struct task_struct *current;
extern struct task_struct init_task; /* the boot's own task: idles, reaps */

/* CURRENT's limit of RESOURCE (RLIMIT_*). */
static inline unsigned long rlimit(unsigned int resource)
{
	return current->rlim[resource].rlim_cur;
}

/* The registers that TASK will take back to ring 3. */
static inline struct pt_regs *task_pt_regs(const struct task_struct *task)
{
	return (struct pt_regs *)((char *)task->stack + THREAD_SIZE) - 1;
}

#define current_pt_regs() task_pt_regs(current)

/* ── sched.c ──────────────────────────────────────────────────────────── */

void sched_init(void);

/* Let another task run; comes back when it is this one's turn again. */
void schedule(void);

/*
 * Sleep until wake_up(CHANNEL). Check the condition again afterwards. 0, or
 * -ERESTARTSYS, at once: there is a signal for CURRENT.
 */
int sleep_on(void *channel);
void sleep_killable(void *channel); /* until then, or SIGKILL */
void wake_up(void *channel);

/* dev/timer.c: another tick of CURRENT's time has passed. */
void scheduler_tick(void);

/* Ring 3 is about to go on: let others run first if its time is over. */
void exit_to_user_mode(struct pt_regs *regs);

/* ── fork.c ───────────────────────────────────────────────────────────── */

/*
 * A new task of the kernel's that will call ENTRY with ARGUMENT, a child of
 * CURRENT. NULL: no memory.
 */
struct task_struct *kernel_thread(void (*entry)(void *), void *argument);

/* Give back a zombie's last memory. */
void free_task(struct task_struct *task);

/* ── exec.c ───────────────────────────────────────────────────────────── */

/*
 * Replace CURRENT's program by the static ELF file at PATH. The strings are
 * the kernel's. Returns -errno, or 0: then return_to_user() starts it.
 */
int kernel_execve(const char *path, const char *const *argv,
		  const char *const *envp);

/* ── time.c, resource.c ───────────────────────────────────────────────── */

#define NSEC_PER_SEC  1000000000
#define NSEC_PER_USEC 1000

/* Does the system call have times of 64 bits? */
bool is_time64(void);

/* A time that the present system call is told, in ns; -EFAULT, -EINVAL */
int64_t get_timespec(const void __user *user);
struct old_timeval32 ns_to_timeval(uint64_t ns);

void run_itimers(void); /* another tick has passed */

/* Fill a struct rusage with what TICKS of the clock are. 0, -EFAULT */
int put_rusage(void __user *rusage, unsigned long ticks);

/* ── exit.c ───────────────────────────────────────────────────────────── */

/* End CURRENT and give back all it has; CODE as in exit_code. */
void do_exit(int code) __noreturn;

/*
 * Run PATH as a task of its own until it ends, with DEVICES as its file
 * descriptors 0, 1 and 2. Returns its exit code.
 */
int run_and_wait(const char *path, const char *const *argv,
		 const char *const *envp, const char *const *devices);

/* reboot() was called: no further program, power off (misc.c). */
extern bool power_off_requested;

/* misc.c: what getppid() is told by TASK. */
long task_ppid(const struct task_struct *task);

/* The task with PID, or NULL. */
struct task_struct *find_task(int pid);

/* Does TYPE, one of P_* in abi/sched.h, with ID mean TASK? */
bool task_is(const struct task_struct *task, int type, int id);

/* ── session.c ────────────────────────────────────────────────────────── */

long sys_setsid(void); /* setsid() */

/* Is nobody there who would let CURRENT go on if it stopped: its shell? */
static inline bool is_orphan(void)
{
	return current->parent->session != current->session;
}

/* A group that SESSION has. */
bool session_has_pgrp(int session, int pgrp);

#endif
