/*
 * fenv.c - the control word and the status word of the x87: how it rounds, and
 * which exceptions there were. Both are part of the 28 bytes of fnstenv, the
 * only way to write the status word.
 */
#include <fenv.h>

#define ROUNDING 0xc00 /* bits of the control word */

int fegetenv(fenv_t *environment)
{
	/* fnstenv masks all exceptions; put back what it stored. */
	__asm__ volatile("fnstenv %0\n\tfldenv %0" : "+m"(*environment));
	return 0;
}

static const fenv_t default_environment = { .__control = 0x37f,
					    .__tag = 0xffff };

int fesetenv(const fenv_t *environment)
{
	if (environment == FE_DFL_ENV)
		environment = &default_environment;
	__asm__ volatile("fldenv %0" : : "m"(*environment));
	return 0;
}

int fetestexcept(int exceptions)
{
	unsigned short status;

	__asm__ volatile("fnstsw %0" : "=a"(status));
	return status & exceptions & FE_ALL_EXCEPT;
}

/* SET among EXCEPTIONS are set from now on, the others are not. */
static int change(int exceptions, int set)
{
	fenv_t environment;

	fegetenv(&environment);
	environment.__status &= ~(exceptions & FE_ALL_EXCEPT);
	environment.__status |= set & exceptions & FE_ALL_EXCEPT;
	return fesetenv(&environment);
}

int feclearexcept(int exceptions)
{
	return change(exceptions, 0);
}

int feraiseexcept(int exceptions)
{
	return change(exceptions, exceptions);
}

int fegetexceptflag(fexcept_t *flags, int exceptions)
{
	*flags = fetestexcept(exceptions);
	return 0;
}

int fesetexceptflag(const fexcept_t *flags, int exceptions)
{
	return change(exceptions, *flags);
}

int fegetround(void)
{
	unsigned short control;

	__asm__ volatile("fnstcw %0" : "=m"(control));
	return control & ROUNDING;
}

int fesetround(int mode)
{
	unsigned short control;

	if (mode & ~ROUNDING)
		return -1;
	__asm__ volatile("fnstcw %0" : "=m"(control));
	control = (control & ~ROUNDING) | mode;
	__asm__ volatile("fldcw %0" : : "m"(control));
	return 0;
}

int feholdexcept(fenv_t *environment)
{
	fegetenv(environment);
	return feclearexcept(FE_ALL_EXCEPT);
}

int feupdateenv(const fenv_t *environment)
{
	int raised = fetestexcept(FE_ALL_EXCEPT);

	fesetenv(environment);
	return feraiseexcept(raised);
}
