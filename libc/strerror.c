/*
 * strerror.c - the error numbers in words, and by name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "Success" is the message of 0, which has no name. */
#define ERROR(number, message) [number] = { #number, message }

static const struct {
	const char *name, *message;
} errors[] = {
	[0] = { "0", "Success" },
	ERROR(EPERM, "Operation not permitted"),
	ERROR(ENOENT, "No such file or directory"),
	ERROR(ESRCH, "No such process"),
	ERROR(EINTR, "Interrupted system call"),
	ERROR(EIO, "Input/output error"),
	ERROR(ENXIO, "No such device or address"),
	ERROR(E2BIG, "Argument list too long"),
	ERROR(ENOEXEC, "Exec format error"),
	ERROR(EBADF, "Bad file descriptor"),
	ERROR(ECHILD, "No child processes"),
	ERROR(EAGAIN, "Resource temporarily unavailable"),
	ERROR(ENOMEM, "Cannot allocate memory"),
	ERROR(EACCES, "Permission denied"),
	ERROR(EFAULT, "Bad address"),
	ERROR(ENOTBLK, "Block device required"),
	ERROR(EBUSY, "Device or resource busy"),
	ERROR(EEXIST, "File exists"),
	ERROR(EXDEV, "Invalid cross-device link"),
	ERROR(ENODEV, "No such device"),
	ERROR(ENOTDIR, "Not a directory"),
	ERROR(EISDIR, "Is a directory"),
	ERROR(EINVAL, "Invalid argument"),
	ERROR(ENFILE, "Too many open files in system"),
	ERROR(EMFILE, "Too many open files"),
	ERROR(ENOTTY, "Inappropriate ioctl for device"),
	ERROR(ETXTBSY, "Text file busy"),
	ERROR(EFBIG, "File too large"),
	ERROR(ENOSPC, "No space left on device"),
	ERROR(ESPIPE, "Illegal seek"),
	ERROR(EROFS, "Read-only file system"),
	ERROR(EMLINK, "Too many links"),
	ERROR(EPIPE, "Broken pipe"),
	ERROR(EDOM, "Numerical argument out of domain"),
	ERROR(ERANGE, "Numerical result out of range"),
	ERROR(EDEADLK, "Resource deadlock avoided"),
	ERROR(ENAMETOOLONG, "File name too long"),
	ERROR(ENOLCK, "No locks available"),
	ERROR(ENOSYS, "Function not implemented"),
	ERROR(ENOTEMPTY, "Directory not empty"),
	ERROR(ELOOP, "Too many levels of symbolic links"),
	ERROR(EOVERFLOW, "Value too large for defined data type"),
	ERROR(EILSEQ, "Invalid or incomplete multibyte or wide character"),
	ERROR(EOPNOTSUPP, "Operation not supported"),
	ERROR(ETIMEDOUT, "Connection timed out"),
};

char *strerror(int number)
{
	static char unknown[sizeof("Unknown error -2147483648")];

	if (number >= 0 && number < (int)(sizeof(errors) / sizeof(errors[0])) &&
	    errors[number].message)
		return (char *)errors[number].message;
	sprintf(unknown, "Unknown error %d", number);
	return unknown;
}

const char *strerrorname_np(int number)
{
	if (number < 0 || number >= (int)(sizeof(errors) / sizeof(errors[0])))
		return NULL;
	return errors[number].name;
}
