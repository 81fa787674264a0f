#!/usr/bin/perl
# sltrace audit --against: other arithmetics, instruction sets, OpenBLAS; libraries that
# are made here stand in for OpenBLAS, so that what it may do wrong is known.
use strict;
use warnings;
no warnings 'qw';
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;
use Time::HiRes qw(sleep);

my $folder = workdir();
mkdir "$folder/tmp" or die;
$ENV{TMPDIR} = "$folder/tmp";
spew('small.yaml', manifest());

sub left { return [ glob("$folder/tmp/*") ] }

# ---- Other arithmetics ----------------------------------------------------------------

my $got = sltrace(qw(audit small.yaml --only 1 --against f32,isa:scalar));
is $got->{status}, 0, 'our own kernels again: nothing differs' or diag $got->{out}, $got->{err};
is $got->{err}, '', 'no message';
like $got->{out}, qr/^mine\/small\[1\] rank=1 seed=1$/m, 'the run';
like $got->{out}, qr/^  isa:scalar +A +none +40 /m, 'the same letter as ours';
like $got->{out}, qr/^  f32 .*\bidentical$/m, 'the LLC too';
is_deeply left(), [], 'nothing is left behind';

$got = sltrace(qw(audit small.yaml --only 0,2 --against f64,fixed --jobs 3));
is $got->{status}, 1, 'other arithmetics differ in bits';
is $got->{err}, "sltrace: 4 of 4 computations differ from ours in bits; their LLC: "
    . "4 equal within Monte Carlo error\n", 'which is told in a line';
is scalar(() = $got->{out} =~ /^mine\/small\[[02]\]/mg), 2, 'two runs, in order';
like $got->{out}, qr/^  f64 +B +0 +40 /m, 'from the initial state on';
like $got->{out}, qr/^  fixed +C +0 +40 /m, 'each in its own way';
like $got->{out}, qr/^  fixed .* equal within Monte Carlo error$/m, 'the verdict of statistics';
like $got->{out}, qr/^          20 /m, 'distances after round steps';
like $got->{out}, qr/^          40 /m, 'and after the last';
like $got->{out}, qr/^          W2 /m, 'by weight';
like $got->{out}, qr/The sampler has not settled/, 'whether it settled';
is scalar(grep { length > 100 } split /\n/, $got->{out}), 0, 'at most 100 columns';
is scalar(grep { /\s$/ } split /\n/, $got->{out}), 0, 'no trailing blanks';

my $json = sltrace(qw(audit small.yaml --only 3 --against f64 --json));
is $json->{status}, 1, 'as JSON';
like $json->{out}, qr/^\{"schema":"sltrace\.audit-against\/1","audit":"against","manifest":"small\.yaml",.*"exit":1,.*\}\n$/, 'one object';
like $json->{out}, qr/"name":"f64","arithmetic":"f64","done":true,.*"identical":false,"same_bytes_as":"f64","first_step":0,"divergence":\[\{"step":0,"loss":null/,
    'the back end, its bits, its way';
like $json->{out}, qr/"difference":[-0-9.e]+,"combined_mcse":[0-9.e-]+,"difference_in_mcse":[-0-9.e]+,"paired_mcse":[0-9.e-]+,"difference_in_paired_mcse":[-0-9.e]+,"first_draw":\{"draw":0,"chain":0\},"verdict":"equal within Monte Carlo error"/,
    'the difference of the LLC both ways';

# What cannot be had in integers: noise below their smallest step.
spew('fine.yaml', manifest() =~ s/lr: 1e-3/lr: 1e-20/r);
$got = sltrace(qw(audit fine.yaml --only 1 --against fixed));
is $got->{status}, 3, 'a run that does not exist in an arithmetic is not judged';
like $got->{err}, qr/^sltrace: run 1: fixed: .*lr/m, 'and it is told why';

# Our own run is that of the golden, where one is at hand.
sltrace(qw(run small.yaml --out A));
is sltrace(qw(record small.yaml --from A))->{status}, 0, 'a golden';
$got = sltrace(qw(audit small.yaml --only 1 --against f32));
like $got->{out}, qr/^  Ours is the trace of small\.golden\.$/m, 'ours is the golden\'s';
spew('other.golden', slurp('small.golden'));
my $trace = (slurp('small.golden') =~ /^1 1 1 done \w+ \w+ (\w{64})/m)[0];
$got = sltrace(qw(audit small.yaml --only 1 --against f32 --attest a.json --json));
like slurp('a.json'), qr/"name":"000001-f32","digest":\{"sha256":"$trace"\}/, 'attested';
like slurp('a.json'), qr/"passedTests":\["run 1: golden","run 1: f32","run 1: f32: LLC"\]/, 'as tests';

# --keep
$got = sltrace(qw(audit small.yaml --only 1 --against f64 --keep kept));
is_deeply [ sort glob('kept/*') ], [qw(kept/000001-f64.trace kept/000001-ours.trace)], '--keep';
is slurp('kept/000001-ours.trace'), slurp('A/traces/000001.trace'), 'ours is the run\'s';
is sltrace(qw(replay kept/000001-f64.trace))->{status}, 0, 'a run in another arithmetic replays';
expect(sltrace(qw(audit small.yaml --only 1 --against f64 --keep kept)), 'nothing is overwritten',
    status => 2, err => qr{^sltrace: kept/000001-ours\.trace: exists already; nothing is overwritten\n$});

# ---- What is refused ------------------------------------------------------------------

sub refused {
    my ($name, $like, @arguments) = @_;
    expect(sltrace('audit', @arguments), "refused: $name", status => 2,
        err => qr/^sltrace: [^\n]*$like[^\n]*\n$/);
}
refused('an unknown back end', "'f16' is none of f32, f64", qw(small.yaml --against f16));
refused('a core type with a path in it', "'openblas:..\/x' is none", qw(small.yaml --against openblas:../x));
refused('no core type', "'openblas:' is none", qw(small.yaml --against openblas:));
refused('nothing', "'' is none", qw(small.yaml --against), 'f64,');
refused('one twice', 'f64 is given twice', qw(small.yaml --against f64,f64));
refused('two manifests', 'takes one manifest', qw(small.yaml small.yaml --against f64));
refused('an unknown run', '99', qw(small.yaml --only 99 --against f64));
refused('an option of another form', '--against does not go|--keep does not go',
    qw(A/traces/000000.trace A/traces/000001.trace --keep x));

# ---- OpenBLAS as it is here -----------------------------------------------------------

$got = sltrace(qw(audit small.yaml --only 1 --against openblas:auto));
if ($got->{status} == 3) {
    like $got->{err}, qr/^sltrace: run 1: openblas:auto: OpenBLAS cannot be loaded \(Debian, Ubuntu: package libopenblas0/,
        'without OpenBLAS it is told how to get it';
}
else {
    like $got->{out}, qr/^  openblas:auto +arithmetic f32, \w+ kernels, products by OpenBLAS for \w+$/m,
        'OpenBLAS tells what it is';
    like $got->{out}, qr/^  openblas:auto +[AB] +(?:none|\d+) +40 /m, 'and computes';
}

# ---- Libraries that stand in for it ---------------------------------------------------

spew('blas.c', <<'C');
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#ifndef CORE
#define CORE getenv("OPENBLAS_CORETYPE") ? getenv("OPENBLAS_CORETYPE") : "Auto"
#endif
static int calls;
char *openblas_get_corename(void) { return CORE; }
char *openblas_get_config(void) { return "OpenBLAS 9.9 stands in"; }
#define GEMM(name, type, fma)                                                            \
    void name(int order, int ta, int tb, int m, int n, int k, type alpha, const type *a, \
              int lda, const type *b, int ldb, type beta, type *c, int ldc)              \
    {                                                                                    \
        calls++;                                                                         \
        SPOIL(calls);                                                                    \
        for (int i = 0; i < m; i++)                                                      \
            for (int j = 0; j < n; j++) {                                                \
                type sum = 0;                                                            \
                for (int l = 0; l < k; l++)                                              \
                    sum = fma(ta == 112 ? a[l * lda + i] : a[i * lda + l],               \
                              tb == 112 ? b[j * ldb + l] : b[l * ldb + j], sum);         \
                c[i * ldc + j] = sum;                                                    \
            }                                                                            \
        LATE(calls);                                                                     \
    }
#ifndef SPOIL
#define SPOIL(call) (void)0
#endif
#ifndef LATE
#define LATE(call) (void)0
#endif
GEMM(cblas_sgemm, float, fmaf)
#ifndef WITHOUT_DGEMM
GEMM(cblas_dgemm, double, fma)
#endif
C

sub library {
    my ($name, @flags) = @_;
    mkdir $name;
    system($ENV{CC} // 'cc', qw(-O1 -ffp-contract=off -shared -fPIC), @flags, '-o',
        "$name/libopenblas.so.0", 'blas.c', '-lm') == 0 or die "cannot build $name";
    return $name;
}
sub with_library {
    my ($name, @against) = @_;
    local $ENV{LD_LIBRARY_PATH} = "$folder/$name";
    return sltrace(qw(audit small.yaml --only 3 --against), join(',', @against));
}

library('exact');
$got = with_library('exact', 'openblas:Haswell', 'openblas:Auto');
is $got->{status}, 0, 'products as the contract has them: identical' or diag $got->{err};
like $got->{out}, qr/products by OpenBLAS for Haswell$/m, 'the core type was asked for in time';
like $got->{out}, qr/^  "?OpenBLAS 9\.9"?, .*exact\/libopenblas\.so\.0"?$/m, 'which library it was';

spew('wide.yaml', manifest() =~ s/arithmetic: f32/arithmetic: f64/r);
{
    local $ENV{LD_LIBRARY_PATH} = "$folder/exact";
    is sltrace(qw(audit wide.yaml --only 3 --against openblas:auto))->{status}, 0, 'in binary64 too';
}
library('ulp', '-DLATE(call)=if (call >= 20) c[0] = nextafterf(c[0], 9)');
$got = with_library('ulp', 'openblas:Haswell');
is $got->{status}, 1, 'one unit in the last place of one element';
my ($first) = $got->{out} =~ /^  openblas:Haswell +B +(\d+) /m;
ok defined $first && $first > 1 && $first <= 10, 'is seen at the step it is in' or diag $got->{out};
like $got->{out}, qr/^           1 +0\.0e\+00 +0\/0$/m, 'and not before';

library('stubborn', '-DCORE="Prescott"');
$got = with_library('stubborn', 'openblas:SkylakeX');
is $got->{status}, 3, 'another core type than asked for is no answer';
like $got->{err}, qr/^sltrace: run 3: openblas:SkylakeX: OpenBLAS: asked for SkylakeX, got Prescott$/m, 'and told';
like $got->{out}, qr/not judged: OpenBLAS: asked for SkylakeX, got Prescott/, 'in the report too';
is with_library('stubborn', 'openblas:prescott', 'openblas:auto')->{status}, 0, 'its own name in any case, or none';
is with_library('stubborn', 'openblas:SkylakeX', 'f64')->{status}, 1, 'others are judged all the same';

library('crash', '-DSPOIL(call)=if (call == 5) raise(SIGABRT)');
$got = with_library('crash', 'openblas:Haswell', 'f64');
is $got->{status}, 2, 'a crash is trouble';
like $got->{err}, qr/run 3: openblas:Haswell: ended by signal 6/, 'told with its signal';
like $got->{out}, qr/^  f64 +B +0 /m, 'the others are judged';
{
    local $ENV{LD_LIBRARY_PATH} = "$folder/crash";
    $json = sltrace(qw(audit small.yaml --only 3 --json --against openblas:Haswell --keep crashed));
    like $json->{out}, qr/"name":"openblas:Haswell","arithmetic":"f32","openblas":\{[^}]*\},"done":false,"why":"ended by signal 6/,
        'in JSON too';
    is_deeply [ glob('crashed/*') ], ['crashed/000003-ours.trace'], 'no part of a trace is kept';
}
library('illegal', '-DSPOIL(call)=raise(SIGILL)');
$got = with_library('illegal', 'openblas:SkylakeX');
is $got->{status}, 3, 'kernels that this CPU lacks';
like $got->{err}, qr/asked for SkylakeX, whose kernels this CPU cannot run/, 'are told';

library('partial', '-DWITHOUT_DGEMM');
$got = with_library('partial', 'openblas:auto');
is $got->{status}, 3, 'a library without a function';
like $got->{err}, qr/expected a function cblas_dgemm, found none/, 'is told';
mkdir 'broken';
spew('broken/libopenblas.so.0', 'no library');
$got = with_library('broken', 'openblas:auto');
is $got->{status}, 3, 'what cannot be loaded';
like $got->{err}, qr/OpenBLAS cannot be loaded \(Debian, Ubuntu: package libopenblas0/, 'names the package';
spew('fixed.yaml', manifest() =~ s/arithmetic: f32/arithmetic: fixed/r);
$got = sltrace(qw(audit fixed.yaml --only 0 --against openblas:auto));
is $got->{status}, 3, 'integers have no such products';
is_deeply left(), [], 'nothing was left behind by any of these';

# ---- Stopping -------------------------------------------------------------------------

spew('long.yaml', manifest() =~ s/steps: 40/steps: 20000000/r =~ s/every: 10, state: all/every: 1000000/r);
sub alive { # processes that inherited the mark
    my $count = 0;
    for my $environ (glob '/proc/[0-9]*/environ') {
        $count++ if (slurp($environ) // '') =~ /SLT_TEST_MARK=audit-$$/;
    }
    return $count;
}
{
    local $ENV{SLT_TEST_MARK} = "audit-$$";
    for my $case ([ INT => 130 ], [ KILL => 137 ]) {
        my ($signal, $status) = @$case;
        my $seen = 0;
        my $stopped = spawn([ $sltrace, qw(audit long.yaml --only 0 --against f64 --jobs 2) ], sub {
            my ($pid) = @_;
            for (1 .. 300) { last if ($seen = alive()) >= 3; sleep 0.05 }
            kill $signal, $pid;
        });
        is $seen, 3, 'two children were at work';
        is $stopped->{status}, $status, "SIG$signal ends it";
        my $rest = 1;
        for (1 .. 100) { last unless $rest = alive(); sleep 0.05 }
        is $rest, 0, 'and its children';
        is_deeply left(), [], 'nothing is left behind' if $signal eq 'INT';
    }
}
done_testing;
