#!/usr/bin/perl
# A preloaded library that changes the floating-point environment before main: it is set
# right (the same bytes) or refused (exit 3), never other bits.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
spew('env.c', <<'C');
#include <fenv.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif
#include <stdlib.h>
#include <string.h>

__attribute__((constructor)) static void change(void)
{
    const char *what = getenv("CHANGE");
    if (!what)
        return;
#if defined(__SSE2__)
    if (strstr(what, "ftz"))
        _mm_setcsr(_mm_getcsr() | 0x8000);
    if (strstr(what, "daz"))
        _mm_setcsr(_mm_getcsr() | 0x0040);
#elif defined(__aarch64__)
    if (strstr(what, "ftz")) {
        unsigned long control;
        __asm__ volatile("mrs %0, fpcr" : "=r"(control));
        __asm__ volatile("msr fpcr, %0" : : "r"(control | 1ul << 24));
    }
#endif
    if (strstr(what, "up"))
        fesetround(FE_UPWARD);
    if (strstr(what, "down"))
        fesetround(FE_DOWNWARD);
    if (strstr(what, "zero"))
        fesetround(FE_TOWARDZERO);
}
C
shell('cc -O1 -shared -fPIC env.c -o env.so -lm')->{status} == 0
    or plan skip_all => 'no compiler';
# Small learning rate and weights: subnormals in the moments of Adam from the first step.
my $subnormal = manifest() =~ s/std: 0\.1/std: 1e-20/gr;
my %manifest = (plain => manifest(), subnormal => $subnormal);
for my $name (sort keys %manifest) {
    spew("$name.yaml", $manifest{$name});
    is sltrace('run', "$name.yaml", '--out', "$name-right", '--only', '0,3')->{status}, 0,
        "$name: undisturbed";
    for my $change (qw(ftz daz ftz-daz up down zero up-ftz-daz)) {
        local $ENV{LD_PRELOAD} = './env.so';
        local $ENV{CHANGE} = $change;
        my $out = "$name-$change";
        my $got = sltrace('run', "$name.yaml", '--out', $out, '--only', '0,3', '--jobs', 3);
        if ($got->{status} == 3) {
            like $got->{err}, qr/^sltrace: /, "$name, $change: refused";
            is join(' ', glob "$out/traces/*"), '', "$name, $change: nothing is written";
            next;
        }
        is $got->{status}, 0, "$name, $change: set right" or diag $got->{err};
        is slurp("$out/traces/00000$_.trace"), slurp("$name-right/traces/00000$_.trace"),
            "$name, $change: run $_ has the same bytes" for 0, 3;
    }
}
SKIP: {
    skip 'this sltrace has no doctor', 2 unless sltrace('--help')->{out} =~ /^  doctor /m;
    like sltrace('doctor')->{out}, qr/^ok   fp environment +round to nearest, subnormals kept$/m,
        'doctor finds nothing to correct';
    local $ENV{LD_PRELOAD} = './env.so';
    local $ENV{CHANGE} = 'up';
    like sltrace('doctor')->{out}, qr/^(?:ok   fp environment +.*set right at start|BAD  fp environment )/m,
        'doctor tells what was changed';
}
done_testing;
