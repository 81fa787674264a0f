#!/usr/bin/perl
# The arithmetic contract's flags, as the build really used them: every unit of the library
# is compiled without contraction, none with a flag that lets a compiler change values.
use strict;
use warnings;
use FindBin;
use JSON::PP;

my $build = $ENV{SLT_BUILD} // "$FindBin::Bin/../../build";
my $file = "$build/compile_commands.json";
open my $in, '<', $file or do { print "Bail out! $file: $!\n"; exit 255 };
my $units = decode_json(do { local $/; <$in> });
my @library = grep { $_->{file} =~ m{/src/} } @$units;
my @kernels = grep { $_->{file} =~ m{/src/num/float/kernels/} } @library;

my $unsafe = qr{ (?<!\S) (?: -Ofast | -f(?:fast-math|unsafe-math-optimizations
    | associative-math | reciprocal-math | finite-math-only | no-signed-zeros
    | no-rounding-math | cx-limited-range | fp-model=\S+ | fast) | -mdaz-ftz
    | -ffp-contract=(?:fast|on) | -mrecip\S* | -fopenmp ) (?!\S) }x;
my ($tests, $failed) = (0, 0);

sub none {
    my ($name, @bad) = @_;
    $tests++;
    $failed++ if @bad;
    print @bad ? 'not ok' : 'ok', " $tests - $name\n";
    print "# $_\n" for @bad;
}

sub words { return $_[0]{command} // join ' ', @{ $_[0]{arguments} } }

sub files { return map { $_->{file} } @_ }

none('the build has units of the library and kernels',
    @library && @kernels ? () : ("none in $file"));
none('-ffp-contract=off on every unit of the library',
    files(grep { words($_) !~ /(?<!\S)-ffp-contract=off(?!\S)/ } @library));
none('no unit anywhere is compiled with a flag that changes values',
    map { "$_->{file}: $1" if words($_) =~ /($unsafe)/ }
        grep { words($_) =~ $unsafe } @$units);
none('-std=gnu11 on every unit of the library (s390x: FLT_EVAL_METHOD)',
    files(grep { words($_) !~ /-std=gnu11/ } @library));

# A kernel's copies: as many as there are (type, instruction set) pairs, the same for all.
my %copies;
for my $unit (@kernels) {
    my ($type) = words($unit) =~ /-DSLT_TYPE=(\w+)/;
    my ($isa) = words($unit) =~ /-DSLT_VARIANT=(\w+)/;
    $copies{ $unit->{file} }{ ($type // '?') . ' ' . ($isa // '?') }++;
}
my %all = map { %$_ } values %copies;
none('every kernel is compiled once for each type and instruction set',
    grep { my $have = $copies{$_}; grep { ($have->{$_} // 0) != 1 } keys %all }
        keys %copies);
none('a scalar copy of both types is among them',
    grep { !$all{$_} } 'f32 scalar', 'f64 scalar');
none('the scalar copies are not vectorised',
    files(grep { words($_) =~ /SLT_VARIANT=scalar/ && words($_) !~ /-fno-tree-vectorize/ }
        @kernels));

print "1..$tests\n";
exit($failed ? 1 : 0);
