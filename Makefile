# Faultline's one front door; `make help` lists what it opens.
#
# Everything that is built goes to build/. A program is one file, user/NAME.c;
# a kernel source is any .c or .asm below kernel/: nothing is listed by hand.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

B      := build
PYTHON := /usr/bin/python3

# One short line per command; `make V=1` shows the whole commands.
Q    := $(if $(V),,@)
say   = $(if $(V),,@printf '  %-8s%s\n' '$(1)' '$(2)')

# ── The tools ────────────────────────────────────────────────────────────────
# The first compiler that makes i386 code; `make CC=clang` chooses another.

COMPILERS := i686-elf-gcc i686-linux-gnu-gcc gcc clang
makes_i386 = $(shell echo 'int i;' | $(1) -m32 -x c -c -o /dev/null - \
		2>/dev/null && echo $(1))

ifeq ($(origin CC),default)
CC := $(firstword $(foreach c,$(COMPILERS),$(call makes_i386,$(c))))
endif
NASM    := nasm
BINUTILS = $(patsubst %gcc,%,$(filter i686-%,$(CC)))
AR       = $(BINUTILS)ar
LD       = $(BINUTILS)ld
NM       = $(BINUTILS)nm
STRIP    = $(BINUTILS)strip
OBJCOPY  = $(BINUTILS)objcopy
CLANG   := $(findstring clang,$(CC))
LIBGCC   = $(shell $(CC) -m32 $(if $(CLANG),--rtlib=libgcc) \
		-print-libgcc-file-name)
CCINC    = $(shell $(CC) -m32 -print-file-name=include)

need_compiler = $(if $(CC),,$(error no compiler for i386 found: install \
	gcc-multilib (or run scripts/setup)))
need_nasm = $(if $(shell command -v $(NASM)),,$(error $(NASM) is missing: \
	install nasm (or run scripts/setup)))

# ── How things are compiled ──────────────────────────────────────────────────
# A callback need not use all it is given, so unused parameters are no warning.
# No function may step over the page that guards the kernel stack. DWARF 4,
# since the pyelftools of Ubuntu 22.04 does not know 5. Ubuntu's gcc would touch
# every page of a large array ahead of its use: the faults would be others. The
# unlikely parts of functions stay with them, or gdb 12 would lose the frame of
# malloc() where it ends with a jump to allocate().

COMMON_CFLAGS := -m32 -march=i486 -mtune=generic -std=gnu11 -O2 -gdwarf-4 \
	-Wall -Wextra -Wno-unused-parameter \
	-ffreestanding -fno-pie -fno-stack-protector -fno-strict-aliasing \
	-fno-stack-clash-protection -fno-asynchronous-unwind-tables -MMD -MP \
	$(if $(CI),-Werror)
KERNEL_CFLAGS = $(COMMON_CFLAGS) -mgeneral-regs-only \
	-fno-omit-frame-pointer -fno-optimize-sibling-calls \
	-Wframe-larger-than=2048 \
	-Ikernel -I$(B)/gen
USER_CFLAGS = $(COMMON_CFLAGS) -nostdinc -isystem $(CCINC) \
	$(if $(CLANG),,-fno-reorder-blocks-and-partition) \
	-Ilibc/include -Ikernel -I$(B)/gen
# Newer versions of NASM warn of every relocation; older do not know of that.
NASMFLAGS := -f elf32 -g -F dwarf -Wall -Wno-unknown-warning -Wno-reloc
LDFLAGS = -m32 -nostdlib -static -Wl,--build-id=none \
	-Wl,-z,noexecstack

# ── What there is ────────────────────────────────────────────────────────────

KERNEL_C   := $(sort $(shell find kernel -name '*.c'))
KERNEL_ASM := $(sort $(wildcard boot/*.asm) $(shell find kernel -name '*.asm'))
KERNEL_OBJ := $(KERNEL_C:%.c=$(B)/%.o) $(KERNEL_ASM:%.asm=$(B)/%.asm.o)
LIBC_C     := $(sort $(wildcard libc/*.c))
LIBC_ASM   := $(sort $(wildcard libc/*.asm))
MALLOC_OBJ := $(B)/libc/malloc.o $(B)/libc/malloc_trace.o
LIBC_OBJ   := $(filter-out $(MALLOC_OBJ),$(LIBC_C:%.c=$(B)/%.o)) \
	$(LIBC_ASM:%.asm=$(B)/%.asm.o) $(B)/libc/malloc-marked.o
EMPTY_LIBS := $(patsubst %,$(B)/libc/lib%.a,\
		m dl rt util pthread crypt resolv)
LIBC       := $(B)/libc/libc.a $(B)/libc/compiler $(EMPTY_LIBS)
# heap looks into our own malloc; it is not there with another.
PROGRAMS   := $(patsubst user/%.c,$(B)/user/%,$(filter-out \
		$(if $(MALLOC),user/heap.c),$(sort $(wildcard user/*.c))))
TESTS      := $(patsubst user/tests/%.c,$(B)/user/tests/%,\
		$(sort $(wildcard user/tests/*.c)))
ALLOCATORS := $(patsubst libc/malloc/%.c,%,$(sort $(wildcard libc/malloc/*.c)))
TEXT       := $(B)/licences.txt
GENERATED  := $(B)/gen/syscall_table.h $(B)/gen/syscall_numbers.h

.PHONY: all run debug rewind test bench bench-malloc setup format clean help \
	FORCE run-now debug-now rewind-now test-now bench-now bench-malloc-now
all: $(B)/kernel.elf $(B)/faultline.iso $(TESTS) $(LIBC) ## build everything

# ── The kernel ───────────────────────────────────────────────────────────────

$(B)/gen/syscall_table.h: kernel/abi/syscall_32.tbl scripts/syscalls
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)scripts/syscalls table $< > $@

$(B)/gen/syscall_numbers.h: kernel/abi/syscall_32.tbl scripts/syscalls
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)scripts/syscalls numbers $< > $@

# The labels inside of NASM's macros (..@) would hide functions from gdb.
$(B)/%.asm.o: %.asm
	$(need_nasm)
	@mkdir -p $(@D)
	$(call say,NASM,$<)
	$(Q)$(NASM) $(NASMFLAGS) -MD $(@:.o=.d) -I$(<D)/ -o $@ $<
	$(Q)$(OBJCOPY) --wildcard --strip-symbol='..@*' $@

# Some versions of NASM do not tell what was included.
$(KERNEL_ASM:%.asm=$(B)/%.asm.o): $(shell find kernel -name '*.inc')

$(B)/kernel/%.o: kernel/%.c | $(GENERATED)
	$(need_compiler)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(KERNEL_CFLAGS) -c -o $@ $<

KERNEL_LINK = $(CC) $(LDFLAGS) -T boot/kernel.ld -o $@ $(KERNEL_OBJ)

# Linked twice: the second time with the symbols of the first, for backtraces.
$(B)/kernel-nosyms.elf: $(KERNEL_OBJ) boot/kernel.ld
	$(call say,LINK,$@)
	$(Q)$(KERNEL_LINK) $(LIBGCC)

$(B)/gen/kallsyms.c: $(B)/kernel-nosyms.elf scripts/mksymbols
	$(call say,GEN,$@)
	$(Q)$(NM) -n $< | scripts/mksymbols > $@

$(B)/gen/kallsyms.o: $(B)/gen/kallsyms.c
	$(call say,CC,$<)
	$(Q)$(CC) $(KERNEL_CFLAGS) -c -o $@ $<

$(B)/kernel.elf: $(KERNEL_OBJ) $(B)/gen/kallsyms.o boot/kernel.ld
	$(call say,LINK,$@)
	$(Q)$(KERNEL_LINK) $(B)/gen/kallsyms.o $(LIBGCC)
	@if command -v grub-file >/dev/null; then \
		grub-file --is-x86-multiboot $@ || \
		{ echo "$@: no multiboot header in its first 8 KiB"; \
		  rm $@; exit 1; }; \
	else echo "grub-file is missing: install grub-common"; exit 1; fi

# ── The C library and the programs ───────────────────────────────────────────

$(B)/libc/%.o: libc/%.c | $(GENERATED)
	$(need_compiler)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(USER_CFLAGS) -c -o $@ $<

# clang must not turn memcpy's loop into a call of memcpy; gcc is told so by a
# pragma in the file.
$(B)/libc/string.o: COMMON_CFLAGS += $(if $(CLANG),-fno-builtin)

# malloc.c knows its marks only weakly, which draws nothing out of an archive:
# the two are one member.
$(B)/libc/malloc-marked.o: $(MALLOC_OBJ)
	$(Q)$(LD) -r -m elf_i386 -o $@ $^

$(B)/libc/libc.a: $(LIBC_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# What scripts/cc calls: the same compiler, and where its own headers are.
$(B)/libc/compiler: $(LIBC_OBJ)
	$(Q)printf '%s\n' '$(CC)' '$(CCINC)' > $@

# -lm and its kin: all is in libc.a. They hide those of the system.
$(EMPTY_LIBS):
	@mkdir -p $(@D)
	$(Q)$(AR) rcs $@

$(B)/user/%.o: user/%.c | $(GENERATED)
	$(need_compiler)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(USER_CFLAGS) -c -o $@ $<

# The allocator is libc/malloc.c, unless MALLOC names another: one of
# libc/malloc/, or a file of your own that defines malloc(), free(), calloc(),
# realloc(), memalign() and malloc_usable_size(). It is linked before libc.a.

ALLOCATOR := $(if $(filter %.c,$(MALLOC)),$(MALLOC),$(MALLOC:%=libc/malloc/%.c))
ifneq ($(ALLOCATOR),$(wildcard $(ALLOCATOR)))
$(error there is no $(ALLOCATOR); MALLOC= takes a file, or one of: $(ALLOCATORS))
endif

# Says which allocator build/user/ was linked with; changes when that does.
$(B)/allocator: FORCE
	@mkdir -p $(@D)
	@echo '$(MALLOC)' | cmp -s - $@ || echo '$(MALLOC)' > $@
FORCE:

$(B)/allocator.o: $(ALLOCATOR) $(B)/allocator | $(GENERATED)
	$(call say,CC,$<)
	$(Q)$(CC) $(USER_CFLAGS) -Ilibc/malloc -c -o $@ $<

LINK_PROGRAM = $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(B)/libc/libc.a \
	$(LIBGCC)

$(PROGRAMS) $(TESTS): %: %.o $(if $(MALLOC),$(B)/allocator.o) \
		$(B)/libc/libc.a $(B)/allocator
	$(call say,LINK,$@)
	$(Q)$(LINK_PROGRAM)

# The same program with each allocator, for `make bench-malloc`.
BENCHES := $(addprefix $(B)/bench/,malloc $(ALLOCATORS) \
	$(if $(filter %.c,$(MALLOC)),mine))

$(B)/bench/malloc: $(B)/user/mallocbench.o
$(B)/bench/mine: $(B)/user/mallocbench.o $(B)/allocator.o
$(ALLOCATORS:%=$(B)/bench/%): $(B)/bench/%: $(B)/user/mallocbench.o \
		$(B)/libc/malloc/%.o
$(BENCHES): $(B)/libc/libc.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK_PROGRAM)

# ── What is booted ───────────────────────────────────────────────────────────

# A text that nobody made up, for wordfreq: the licences that Debian installs,
# or where there are none, our own sources.
$(TEXT):
	@mkdir -p $(@D)
	$(call say,GATHER,$@)
	$(Q)find /usr/share/common-licenses -type f 2>/dev/null | sort | \
		xargs -r cat > $@
	$(Q)[ -s $@ ] || cat $(KERNEL_C) $(LIBC_C) > $@

# Files in the initrd carry no debug information; build/user/ keeps it.
$(B)/initrd/%: $(B)/user/%
	@mkdir -p $(@D)
	$(Q)$(STRIP) -o $@ $<

INITRD_FILES = \
	$(foreach p,$(PROGRAMS),$(p:$(B)/user/%=$(B)/initrd/%):/bin/$(notdir $(p))) \
	$(TEXT):/usr/share/text/licences.txt

$(B)/initrd.cpio: $(PROGRAMS:$(B)/user/%=$(B)/initrd/%) $(TEXT) \
		scripts/mkinitrd
	$(call say,INITRD,$@)
	$(Q)scripts/mkinitrd -o $@ $(INITRD_FILES)

$(B)/faultline.iso: $(B)/kernel.elf $(B)/initrd.cpio boot/grub.cfg \
		scripts/mkiso
	$(call say,ISO,$@)
	$(Q)scripts/mkiso -o $@ $(B)/kernel.elf $(B)/initrd.cpio

# ── What people type ─────────────────────────────────────────────────────────
# setup may install the compiler that this make did not find: start anew.

MODE ?= iso

run: ## see malloc() from below, then a shell (MODE=kernel: without GRUB)
	@scripts/setup
	@$(MAKE) --no-print-directory run-now

# On a terminal, a shell at the end: booted anew, without the telling.
run-now: all
	@scripts/run --demo --$(MODE)
	@if [ -t 0 ]; then \
		echo; \
		echo "And now a shell inside Faultline; exit or ^D ends it."; \
		echo "  ls /bin         the programs; each has --help"; \
		echo "  trace hello     its system calls and page faults"; \
		echo "  maps            an address space, page by page"; \
		echo "  forkcow         one frame in two processes, then two"; \
		echo "  segv --help     all the ways to be refused"; \
		scripts/run --$(MODE) $(B)/user/sh || [ $$? -ne 125 ]; \
	fi

debug: ## step through PROGRAM=tour in gdb (ARGS="…", GDBFLAGS="-batch -x FILE")
	@scripts/setup
	@$(MAKE) --no-print-directory debug-now

# PROGRAM is one of ours by its name, or any file by its path.
PROGRAM ?= tour
program_file = $(firstword $(if $(findstring /,$(PROGRAM)),$(PROGRAM)) \
	$(wildcard $(B)/user/$(PROGRAM) $(B)/user/tests/$(PROGRAM)) \
	$(B)/user/$(PROGRAM))
export GDBFLAGS
debug-now: all
	@scripts/run --gdb --gdb-flags="$$GDBFLAGS" -- $(program_file) $(ARGS)

rewind: ## record PROGRAM=tour, then step through it, back too (ARGS, GDBFLAGS)
	@scripts/setup
	@$(MAKE) --no-print-directory rewind-now

rewind-now: all
	@scripts/run --rewind --gdb-flags="$$GDBFLAGS" -- $(program_file) $(ARGS)

test: ## all tests; CI=1 makes warnings errors, PYTEST="-k brk" chooses
	@scripts/setup
	@$(MAKE) --no-print-directory test-now

# One file of tests per core at a time; PYTEST="-n0 …" for one after another.
test-now: all $(BENCHES)
	$(PYTHON) -m pytest -n auto --dist loadfile scripts/test $(PYTEST)

bench: ## exact instruction counts of the path
	@scripts/setup
	@$(MAKE) --no-print-directory bench-now

bench-now: all
	@scripts/run --icount $(B)/user/bench

bench-malloc: ## compare allocators (MALLOC=file.c: yours as well)
	@scripts/setup
	@$(MAKE) --no-print-directory bench-malloc-now

bench-malloc-now: $(BENCHES) all
	@scripts/bench-malloc $(BENCHES)

setup: ## install what is missing (Debian, Ubuntu)
	@scripts/setup

format: ## clang-format all C files in place
	clang-format -i $$(find kernel libc user scripts -name '*.[ch]')

clean: ## remove build/
	rm -rf $(B)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' \
		Makefile
	@echo "  scripts/run PROGRAM [ARGS…]   run any static i386 ELF" \
		"(--help explains)"

-include $(shell find $(B) -name strangers -prune -o -name '*.d' -print 2>/dev/null)
