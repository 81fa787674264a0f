#!/usr/bin/perl
# What the compiler made of fixed point: no unit of it holds an instruction that computes,
# compares or converts floating-point numbers, and those that promise it touch no register
# of theirs.  Moves, shuffles and logic of such registers are no arithmetic.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use JSON::PP;

my $build = $ENV{SLT_BUILD} // "$FindBin::Bin/../../build";
my ($tests, $failed) = (0, 0);

sub none {
    my ($name, @bad) = @_;
    $tests++;
    $failed++ if @bad;
    print @bad ? 'not ok' : 'ok', " $tests - $name\n";
    print "# $_\n" for @bad[ 0 .. ($#bad < 20 ? $#bad : 20) ];
}

sub skip_all { print "1..0 # SKIP $_[0]\n"; exit 0 }

open my $in, '<', "$build/compile_commands.json"
    or do { print "Bail out! $build/compile_commands.json: $!\n"; exit 255 };
my @units = grep { $_->{file} =~ m{/src/num/fixed/} } @{ decode_json(do { local $/; <$in> }) };
my $dump = $ENV{OBJDUMP} // 'objdump';
skip_all("no $dump") if `$dump --version 2>/dev/null` eq '';

# By architecture, as objdump names it: floating-point arithmetic, comparison, conversion;
# registers that only -mgeneral-regs-only keeps out.
my %denied = (
    x86 => qr{^(?: v?(?:add|sub|addsub|hadd|hsub|mul|div|sqrt|rcp\w*|rsqrt\w*|min|max|minmax
              |dp|round|rndscale|scalef|getexp|getmant|fixupimm|range|reduce|fpclass|exp2
              |cmp\w*|u?comi|vcom\w*)[ps][sdh] | v?fn?m(?:add|sub)\w* | v?cvt\w* | f(?!ence)\w+
              | v4fn?madd\w* | vdp\w*ps )$}x,
    aarch64 => qr{^(?: f(?!mov$)\w+ | [su]cvtf | bf\w*(?:dot|mmla|mlal\w|cvt\w*) )$}x,
);
my %registers = (x86 => qr/%[xyz]mm\d|%st\b/, aarch64 => qr/\b[vqdsh]\d+\b/);

# [instruction, operands] of an object file, and its architecture.
sub disassemble {
    my ($object) = @_;
    my ($kind, @found) = ('');
    open my $out, '-|', $dump, '-d', '--no-show-raw-insn', $object or return ('');
    while (<$out>) {
        $kind = /x86-64|i386/ ? 'x86' : /aarch64/ ? 'aarch64' : $1 if /file format (\S+)/;
        next unless /^\s*[0-9a-f]+:\s+(.*)/;
        my $text = $1;
        $text =~ s/^(?:(?:rep\w*|lock|bnd|notrack|data16|cs|ds|\{\w+\})\s+)+//;
        my ($name, $operands) = $text =~ /^(\S+)\s*(.*)/ or next;
        push @found, [ $name, $operands ];
    }
    return ($kind, @found);
}

sub object_of {
    my ($unit) = @_;
    my $words = $unit->{command} // join ' ', @{ $unit->{arguments} };
    my ($object) = $words =~ /\s-o\s+(\S+)/;
    return "$unit->{directory}/$object";
}

my (@arithmetic, @touched, @empty, $kind, %variants);
for my $unit (@units) {
    my $object = object_of($unit);
    my $words = $unit->{command} // join ' ', @{ $unit->{arguments} };
    my $general = $words =~ /-mgeneral-regs-only/;
    my ($arch, @code) = disassemble($object);
    $kind = $arch if $arch;
    skip_all("objdump reads no $kind here") if $kind && !$denied{$kind};
    $variants{ $words =~ /-DSLT_VARIANT=(\w+)/ ? $1 : 'plain' }++;
    push @empty, $object unless @code || $unit->{file} =~ m{/table\.c$};
    for (@code) {
        my ($name, $operands) = @$_;
        push @arithmetic, "$object: $name $operands" if $name =~ $denied{$kind};
        push @touched, "$object: $name $operands"
            if $general && $operands =~ $registers{$kind};
    }
}
none('units of fixed point have been built, kernels of each instruction set among them',
    @units && keys %variants > 1 ? () : join(' ', %variants), @empty);
none('none computes, compares or converts floating-point numbers', @arithmetic);
none('portable ones touch no floating-point or vector register', @touched);

# The list knows what it denies: one function of each kind, compiled as the units are.
my $work = tempdir(CLEANUP => 1);
my ($compiler) = ($units[0]{command} // $units[0]{arguments}[0]) =~ /^(\S+)/;
my %planted = (
    sum => 'double f(double a, double b) { return a + b; }',
    comparison => 'int f(float a, float b) { return a < b; }',
    conversion => 'double f(long a) { return (double)a; }',
    'way back' => 'long f(double a) { return (long)a; }',
    root => 'double f(double a) { return __builtin_sqrt(a); }',
    'long double' => 'long double f(long double a) { return a * a; }',
);
for my $name (sort keys %planted) {
    next if $name eq 'long double' && $kind ne 'x86';
    open my $source, '>', "$work/f.c" or die "$work: $!";
    print $source "$planted{$name}\n";
    close $source;
    system($compiler, '-O2', '-fno-math-errno', '-c', "$work/f.c", '-o', "$work/f.o") == 0
        or print "# cannot compile\n";
    my (undef, @code) = disassemble("$work/f.o");
    none("a planted $name is denied",
        (grep { $_->[0] =~ $denied{$kind} } @code) ? () : map { "@$_" } @code);
}
print "1..$tests\n";
exit($failed ? 1 : 0);
