#!/usr/bin/perl
# tools/bench/bench: its form, never its figures.  Of OpenBLAS and PyTorch what is there.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

eval { require JSON::PP } or plan skip_all => 'no JSON::PP';
-x "$build/bench-worker" or plan skip_all => 'the workers are not built (SLT_BENCH=ON)';
-x '/usr/bin/python3' or plan skip_all => 'no python3';
my $bench = "$root/tools/bench/bench";
$ENV{PYTHONDONTWRITEBYTECODE} = 1;
workdir();

sub bench { return spawn([ '/usr/bin/python3', $bench, @_ ]) }
sub quick { return bench('--build', $build, '--no-build', '--quick', @_) }

# Whether every number in a value is one, and above 0.
sub sound {
    my ($value) = @_;
    return !grep { !sound($_) } values %$value if ref $value eq 'HASH';
    return !grep { !sound($_) } @$value if ref $value eq 'ARRAY';
    return 1 if !defined $value || $value !~ /^-?[\d.]/;
    return $value =~ /^[\d.]+(?:e[-+]?\d+)?$/ && $value > 0;
}

my $blas = -x "$build/bench-blas";
my $quick = quick('--only', 'peak,products,fixed', qw(--json a.json));
is $quick->{status}, 0, 'a quick look' or diag $quick->{err};
is $quick->{err}, '', 'without a message';
like $quick->{out}, qr/^\| products: times as fast as OpenBLAS \|/m, 'a table';
my $figures = JSON::PP::decode_json(slurp('a.json'));
is $figures->{bench}, 1, 'the form of the file';
like $figures->{date}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/, 'its date';
ok length $figures->{ours}{$_}, "ours: $_" for qw(isa compiler version);
my $parts = $figures->{sections};
is join(' ', sort keys %$parts), 'fixed peak products', 'the sections asked for';
ok sound($parts->{$_}{ranks} // $parts->{$_}{summary} // $parts->{$_}), "$_: numbers above 0"
    for sort keys %$parts;
my %shapes = map { $_->{figure} => $_ } @{ $parts->{products}{shapes} };
is scalar(keys %shapes), 7, 'a shape of each figure';
SKIP: {
    skip 'no OpenBLAS', 3 unless $blas;
    ok !(grep { !($_->{f32}{openblas} > 0) } values %shapes), 'OpenBLAS beside all';
    my ($one) = grep { $_->{corename} } values %{ $figures->{peers} };
    is $one->{OPENBLAS_NUM_THREADS}, '1', 'on one thread';
    like $one->{config}, qr/^OpenBLAS \d/, 'its version';
}

# The table goes between two comments of a file, and from a file of figures.
spew('speed.md', "a\n<!-- tools/bench/bench --tables -->\nold\n<!-- end of tools/bench/bench -->\nb\n");
my $put = bench(qw(--from a.json --tables speed.md));
is $put->{status}, 0, '--tables' or diag $put->{err};
my $page = slurp('speed.md');
like $page, qr/\Aa\n<!--.*-->\n.*\| products.*<!--.*-->\nb\n\z/s, 'keeps what is around it';
unlike $page, qr/old/, 'and nothing of the old table';
spew('none.md', "a\n");
my $none = bench(qw(--from a.json --tables none.md));
isnt $none->{status}, 0, 'a file without a place for it is refused';
is slurp('none.md'), "a\n", 'and stays';
my $isa = quick(qw(--only), 'peak', qw(--isa mmx));
is $isa->{status}, 1, 'a worker that ends';
like $isa->{err}, qr/found 'mmx'\nbench: ours ended at: info\n\z/, 'is told of';
like bench(qw(--only speed))->{err}, qr/no section speed; there are peak, products/,
    'an unknown section';

SKIP: {
    skip 'no PyTorch', 5
        if system("/usr/bin/python3 -c 'import torch' >/dev/null 2>&1") != 0;
    my $steps = quick(qw(--only steps --isa avx2 --json b.json));
    is $steps->{status}, 0, 'against PyTorch' or diag $steps->{err};
    my $found = JSON::PP::decode_json(slurp('b.json'));
    my $step = $found->{sections}{steps};
    ok sound($step), 'numbers above 0';
    is join(' ', map { join ',', sort keys %{ $step->{$_} } } qw(chain train)),
        'modular addition,superposition modular addition,superposition', 'systems';
    ok $step->{train}{'modular addition'}{peer_ratio} > 0, 'a ratio';
    my ($peer) = grep { $_->{torch} } values %{ $found->{peers} };
    is "$peer->{threads} $peer->{capability}", '1 AVX2', 'on one thread, vectors as asked for';
}
done_testing();
