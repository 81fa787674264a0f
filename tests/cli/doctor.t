#!/usr/bin/perl
# sltrace doctor: a fit machine, another SLEEF, a changed floating-point environment.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my @names = ('sltrace', 'fp environment', 'cpu', 'fma', 'instruction sets', 'byte order',
    'sleef', 'libraries', 'gnuplot', 'disk', 'processors');
my $doctor = sltrace('doctor');
is $doctor->{status}, 0, 'doctor';
is $doctor->{err}, '', 'without a message';
like $doctor->{out}, qr/^(?:ok  |BAD ) \Q$_\E +\S/m, "tells of $_" for @names;
like $doctor->{out}, qr/^ok   fp environment +round to nearest, subnormals kept$/m,
    'nothing had to be set right';
ok !(grep { !/^(?:ok  |BAD ) \S/ } split /\n/, $doctor->{out}), 'a line a finding';
like sltrace(qw(doctor --isa scalar))->{out}, qr/^ok   instruction sets +scalar in use/m,
    '--isa';
expect(sltrace(qw(doctor --isa mmx)), 'an unknown instruction set', status => 2,
    err => qr/^sltrace: .*found 'mmx'\n$/);

my $fit = $doctor->{out} !~ /^BAD/m;
is sltrace(qw(doctor --strict))->{status}, $fit ? 0 : 3, '--strict';
my $json = sltrace(qw(doctor --json));
like $json->{out}, $fit ? qr/^\{"schema":"sltrace\.doctor\/1","fit":true,"findings":\[\{/ : qr/^\{"schema":"sltrace\.doctor\/1","fit":false,/, '--json';
SKIP: {
    eval { require JSON::PP } or skip 'no JSON::PP', 1;
    my @found = map { $_->{name} } @{ JSON::PP::decode_json($json->{out})->{findings} };
    is scalar(@found), scalar(split /\n/, $doctor->{out}), 'JSON has the same findings';
}
SKIP: {
    skip 'this machine is unfit already', 6 unless $fit;
    spew('sleef.c', "float Sleef_finz_expf1_u10purecfma(float x) { return x; }\n");
    skip 'no compiler', 6 if shell('cc -shared -fPIC sleef.c -o sleef.so')->{status};
    local $ENV{LD_PRELOAD} = './sleef.so';
    my $other = sltrace(qw(doctor --isa scalar));
    is $other->{status}, 0, 'another SLEEF';
    is join(' ', $other->{out} =~ /^BAD  (\S+)/mg), 'expf', 'is seen in the function it changes';
    like $other->{out}, qr/-DSLT_SLEEF_ROOT=DIR/, 'with the way out';
    expect(sltrace(qw(doctor --strict --isa scalar)), '--strict then has status 3',
        status => 3, out => qr/^BAD  expf/m, err => qr/^sltrace: this machine cannot judge/);
    like sltrace(qw(doctor --json --isa scalar))->{out}, qr/^\{"schema":"sltrace\.doctor\/1","fit":false,/, 'JSON says so';
    like sltrace(qw(doctor --help))->{out}, qr/--branch 3\.5\.1/, '--help has the way out';
}
SKIP: {
    spew('up.c', "#include <fenv.h>\n__attribute__((constructor)) static void up(void)\n"
        . "{\n    fesetround(FE_UPWARD);\n}\n");
    skip 'no compiler', 1 if shell('cc -shared -fPIC up.c -o up.so -lm')->{status};
    local $ENV{LD_PRELOAD} = './up.so';
    my $up = sltrace(qw(doctor --strict));
    like "$up->{status} $up->{out}",
        qr/^0 .*^ok   fp environment .*set right at start|^3 .*^BAD  fp environment /ms,
        'another rounding mode is set right and told, or refused';
}
{
    local $ENV{PATH} = '/nowhere';
    like sltrace('doctor')->{out}, qr/^ok   gnuplot +not found/m, 'a missing gnuplot';
}
done_testing;
