#!/usr/bin/perl
# The programs in tools/examples, built against an installed copy: what they print is what
# the program itself has found.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use File::Path qw(make_path);
use JSON::PP;
use Test::More;

-f "$build/CMakeCache.txt" or plan skip_all => 'no build folder';
my $work = workdir();
my $prefix = "$work/prefix";
is shell("cmake --install '$build' --prefix '$prefix'")->{status}, 0, 'cmake --install';
my ($lib) = map { s{/pkgconfig/sltrace\.pc$}{}r }
    glob("$prefix/lib*/pkgconfig/sltrace.pc"), glob("$prefix/lib/*/pkgconfig/sltrace.pc");
local $ENV{PKG_CONFIG_PATH} = "$lib/pkgconfig";
local $ENV{LD_LIBRARY_PATH} = $lib;
my $flags = '-O1 -Wall -Wextra -Wno-missing-field-initializers -Werror';
my $with = '$(pkg-config --cflags --libs sltrace) -lm';
my %made;
for my $source (glob "$root/tools/examples/*.c*") {
    my ($name, $cc) = $source =~ m{([^/]+)\.(?:c|(cpp))$};
    my $how = $cc ? 'c++ -std=c++17' : 'cc -std=c11';
    my $got = shell("$how $flags '$source' -o '$name' $with");
    is $got->{status}, 0, "$name is built" or diag $got->{err};
    $made{$name} = 1;
}
is join(' ', sort keys %made),
    'llc_of_own_network loss_and_gradient train_and_record verify_golden', 'all of them';

# Golden and manifest as they lie in the tree.
make_path 'golden/smoke', 'manifests/smoke';
my $manifest = slurp("$root/manifests/smoke/linear.yaml");
my $golden = slurp("$root/golden/smoke/linear.golden");
spew('manifests/smoke/linear.yaml', $manifest);
my $got = shell('./train_and_record manifests/smoke/linear.yaml study golden/smoke/linear.golden');
my ($printed) = $golden =~ /^root sha256:(\S+)$/m;
is $got->{out}, "root $printed\n", 'train_and_record: the root';
is $got->{status}, 0, 'its exit status' or diag $got->{err};
like $got->{err}, qr/^8 of 8: /m, 'its progress';
is slurp('golden/smoke/linear.golden'), $golden, 'the golden is the one of the tree';

is slurp('golden/smoke/linear.csv'), slurp("$root/golden/smoke/linear.csv"), 'so are its data';

sub same {
    my ($got, $want, $name) = @_;
    ok defined $got && defined $want && $got == $want, $name
        or diag $got // 'undef', ', expected ', $want // 'undef';
}

# Of a trace: the loss at a checkpoint, and a result.
sub records {
    my ($trace) = @_;
    return decode_json(sltrace('show', $trace, '--json')->{out});
}
my $trained = records('study/traces/000005.trace');
$got = shell('./loss_and_gradient manifests/smoke/linear.yaml 5');
my @losses = $got->{out} =~ /: loss (\S+),/g;
my @checkpoints = grep { $_->{kind} eq 'checkpoint' } @{ $trained->{records} };
same $losses[0], $checkpoints[0]{metrics}{loss}, 'loss_and_gradient: the first loss';
same $losses[1], $checkpoints[-1]{metrics}{loss}, 'the last';
is $got->{status}, 0, 'its exit status' or diag $got->{err};
$got = shell('./loss_and_gradient missing.yaml');
is $got->{status}, 2, 'no manifest';
like $got->{err}, qr/^loss_and_gradient: missing\.yaml: /, 'which it says';

my ($table) = grep { $_->{kind} eq 'table' } @{ $trained->{records} };
local $ENV{SLTRACE_LIBRARY} = "$lib/libsltrace.so.0";
$got = shell("python3 '$root/tools/examples/sample.py' manifests/smoke/linear.yaml 5");
is $got->{status}, 0, 'sample.py' or diag $got->{err};
same +($got->{out} =~ /^llc (\S+),/m)[0], $table->{results}{'llc/mean'}, 'its llc/mean';
same +($got->{out} =~ /, std (\S+)$/m)[0], $table->{results}{'llc/std'}, 'its llc/std';
is scalar(() = $got->{out} =~ /^chain /mg), 2, 'its chains';
$got = shell("python3 '$root/tools/examples/sample.py' manifests/smoke/linear.yaml 8");
like $got->{err}, qr/^sample\.py: .*there is no run 8/, 'a run that is not there';

$got = shell('./verify_golden golden/smoke/linear.golden');
like $got->{out}, qr/^smoke\/linear run 7 \(.*\): identical\n8 identical\n\z/m, 'verify_golden';
is $got->{status}, 0, 'its exit status' or diag $got->{err};
my $forged = $golden =~ s/^(7 .*) (\S)(\S+) (\S+) (\S+)$/"$1 " . ($2 eq '0' ? 1 : 0) . "$3 $4 $5"/mer;
spew('golden/smoke/forged.golden', $forged);
$got = shell('./verify_golden golden/smoke/forged.golden');
is $got->{status}, 2, 'one whose root is not its own';
like $got->{out}, qr/^0 identical$/m, 'is none';

mkdir 'own' or die;
$got = shell('./llc_of_own_network own');
is $got->{status}, 0, 'llc_of_own_network' or diag $got->{err};
my ($llc) = $got->{out} =~ /^llc (\S+),/m;
is sltrace('run', 'own/own.yaml', '--out', 'own/study', '--quiet')->{status}, 0,
    'the manifest that it made runs';
($table) = grep { $_->{kind} eq 'table' } @{ records('own/study/traces/000000.trace')->{records} };
same $llc, $table->{results}{'llc/mean'}, 'with the same llc/mean';
done_testing;
