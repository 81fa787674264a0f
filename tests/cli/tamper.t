#!/usr/bin/perl
# A fixed-point run computes in integers: it has the same bytes in every rounding mode, with
# subnormals flushed or not, and is never refused for it.  A preloaded library changes the
# environment before main and at the start of every thread, keeps it from being set right,
# and changes it again underway by a timer in each thread.  The change of everything at once
# meets every golden; of the others each meets a fourth of them, and all with SLT_LONG=1.
use strict;
use warnings;
use File::Basename 'basename';
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
spew('tamper.c', <<'C');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static int (*really_set)(int);
static int (*really_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
static const char *what = "";

static int rounding(void)
{
    return strstr(what, "up")     ? FE_UPWARD
           : strstr(what, "down") ? FE_DOWNWARD
           : strstr(what, "zero") ? FE_TOWARDZERO
                                  : FE_TONEAREST;
}

static unsigned changed(unsigned control)
{
    control &= ~0xe040u;
    control |= (unsigned)rounding() << 3; /* x86's own bits, which FE_... are on x87 */
    control |= strstr(what, "ftz") ? 0x8000 : 0;
    return control | (strstr(what, "daz") ? 0x0040 : 0);
}

static void change(void)
{
    really_set(rounding());
#if defined(__SSE2__)
    _mm_setcsr(changed(_mm_getcsr()));
#elif defined(__aarch64__)
    unsigned long control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    if (strstr(what, "ftz"))
        __asm__ volatile("msr fpcr, %0" : : "r"(control | 1ul << 24));
#endif
}

/* What a signal handler leaves in the saved registers is what the thread goes on with. */
static void interrupt(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
#if defined(__x86_64__)
    struct _libc_fpstate *saved = ((ucontext_t *)context)->uc_mcontext.fpregs;
    saved->mxcsr = changed(saved->mxcsr);
    saved->cwd = (unsigned short)((saved->cwd & ~0x0c00) | rounding());
#else
    (void)context;
#endif
}

static void begin_thread(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 3};
    struct itimerspec often = {{0, 200000}, {0, 200000}};
    timer_t timer;
    event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
    change();
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
        timer_settime(timer, 0, &often, NULL);
}

struct thread {
    void *(*start)(void *);
    void *argument;
};

static void *start_thread(void *given)
{
    struct thread thread = *(struct thread *)given;
    free(given);
    begin_thread();
    return thread.start(thread.argument);
}

int pthread_create(pthread_t *id, const pthread_attr_t *about, void *(*start)(void *),
                   void *argument)
{
    struct thread *thread = malloc(sizeof *thread);
    *thread = (struct thread){start, argument};
    return really_create(id, about, start_thread, thread);
}

int fesetround(int mode)
{
    (void)mode;
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    struct sigaction action = {.sa_sigaction = interrupt, .sa_flags = SA_SIGINFO | SA_RESTART};
    really_set = (int (*)(int))dlsym(RTLD_NEXT, "fesetround");
    really_create = dlsym(RTLD_NEXT, "pthread_create");
    what = getenv("CHANGE") ? getenv("CHANGE") : "";
    sigaction(SIGRTMIN + 3, &action, NULL);
    begin_thread();
}
C
shell('cc -O1 -shared -fPIC tamper.c -o tamper.so -ldl -lm -lrt')->{status} == 0
    or plan skip_all => 'no compiler';

my @goldens = glob "$root/golden/smoke/*-fixed.golden";
ok @goldens > 0, 'there are goldens of fixed runs';
my %right = map { $_ => sltrace('verify', $_) } @goldens;
is $right{$_}{status}, 0, basename($_) . ': undisturbed' for @goldens;
my $floats = sltrace('verify', "$root/golden/smoke/linear.golden")->{status} == 0;
mkdir $_ for qw(manifests manifests/smoke);
spew('manifests/smoke/linear-fixed.yaml', slurp("$root/manifests/smoke/linear-fixed.yaml"));

my @changes = qw(up-ftz-daz up down zero ftz-daz);
for my $which (0 .. $#changes) {
    my $change = $changes[$which];
    local $ENV{LD_PRELOAD} = './tamper.so';
    local $ENV{CHANGE} = $change;
    my $all = $ENV{SLT_LONG} || $which == 0;
    for my $golden (@goldens[ grep { $all || $_ % 4 == $which - 1 } 0 .. $#goldens ]) {
        my $got = sltrace('verify', $golden, '--jobs', 3);
        is "$got->{status} $got->{out}", "0 $right{$golden}{out}",
            "$change: " . basename($golden);
    }
    my @run = (qw(run manifests/smoke/linear-fixed.yaml --jobs 3 --out), $change);
    my @record = (qw(record manifests/smoke/linear-fixed.yaml --from), $change);
    my ($run, $record) = (sltrace(@run), sltrace(@record));
    is "$run->{status} $record->{status}", '0 0', "$change: runs and records"
        or diag $run->{err}, $record->{err};
    is slurp('golden/smoke/linear-fixed.golden'),
        slurp("$root/golden/smoke/linear-fixed.golden"), "$change: the same golden";
    unlink glob 'golden/smoke/*';
    SKIP: {
        skip 'no floats here', 1 unless $floats;
        my $float = sltrace('verify', "$root/golden/smoke/linear.golden", '--jobs', 3);
        isnt $float->{status}, 0, "$change: a float run notices";
    }
}
done_testing;
