#!/usr/bin/perl
# The arithmetic contract's flags, as builds really use them: every unit of the library is
# compiled without contraction, none with a flag that lets a compiler change values; and
# SLT_FIXED_CFLAGS, where one is tried, is the last word on every fixed-point unit.
use strict;
use warnings;
use File::Temp 'tempdir';
use FindBin;
use JSON::PP;

my $build = $ENV{SLT_BUILD} // "$FindBin::Bin/../../build";

sub units {
    my $file = "$_[0]/compile_commands.json";
    open my $in, '<', $file or do { print "Bail out! $file: $!\n"; exit 255 };
    return decode_json(do { local $/; <$in> });
}

my $units = units($build);
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

# Without texts that are defined: provenance tells the flags of others.
sub words {
    my $words = $_[0]{command} // join ' ', @{ $_[0]{arguments} };
    return $words =~ s/ -D\w+="\\".*?\\""//gr;
}

sub files { return map { $_->{file} } @_ }

none('the build has units of the library and kernels',
    @library && @kernels ? () : ("none in $build"));
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

# What may stand after them: the language, where the object goes, and the source.
my $tried = '-Ofast -ffast-math -ffp-contract=fast';
my $own = tempdir(CLEANUP => 1);
my @fixed;
my $list = $tried =~ tr/ /;/r;
my $top = "$FindBin::Bin/../..";
if (system("cmake -S '$top' -B '$own' -G Ninja -DSLT_TESTS=OFF -DSLT_FIXED_CFLAGS='$list' "
        . ">'$own.log' 2>&1") == 0) {
    my $trial = units($own);
    @fixed = grep { $_->{file} =~ m{/src/num/fixed/} } @$trial;
    none('SLT_FIXED_CFLAGS is the last word on every fixed-point unit',
        map { words($_) } grep {
            words($_) !~ m{ \Q$tried\E(?: -std=gnu11)? -o \S+ -c \S+/src/num/fixed/\S+$}
        } @fixed);
    none('it reaches no other unit', files(grep { words($_) =~ /-Ofast/ }
        grep { $_->{file} !~ m{/src/num/fixed/} } @$trial));
}
unlink "$own.log";
my %tried = map { $_->{file} => 1 } @fixed;
none('every source of src/num/fixed is such a unit', @fixed ? () : 'there is none',
    grep { !$tried{$_} } map { s{/tests/cli/\.\./\.\.}{}r }
        glob("$top/src/num/fixed/*.c $top/src/num/fixed/*/*.c"));

print "1..$tests\n";
exit($failed ? 1 : 0);
