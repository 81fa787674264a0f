#!/usr/bin/perl
# Nothing of src is there for tests alone: what an object file gives to others is public or
# another unit of src takes it, what a header declares is defined, and a macro is used.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Symbols qw(symbols);

my $top = "$FindBin::Bin/../..";
my $build = $ENV{SLT_BUILD} // "$top/build";

# Of one unit and tests, with a reason.
my %kept = (
    (map { $_ => 'a definition, one number at a time, that array kernels are held against' }
        map { ("slt_$_", "slt_${_}f") } qw(erf exp log sincospi tanh)),
    (map { $_ => 'a piece that the fingerprint is taken over, and lanes are held against' }
        qw(slt_fixed_cos_sin slt_fixed_neg_log slt_fixed_sqrt)),
    slt_real_ball_tail_integers => 'the definition that hardware is held against',
    slt_num_dominant_integers => 'the definition that hardware is held against',
    slt_num_eigenvalues_integers => 'the definition that hardware is held against',
    slt_num_lasso_integers => 'the definition that hardware is held against',
    slt_num_least_norm_integers => 'the definition that hardware is held against',
    slt_stein_batch => 'the rule by itself: which draws the sums of a trace are of',
    slt_theory_rarity => 'the rule by itself, held against known tails',
    slt_cgroup_quota => 'made-up cgroups go in here; those of the machine are no test',
    slt_processors_usable => 'the rule by itself: a machine has one affinity and one quota',
    slt_params_reserve => 'the arrays by themselves: params that no model made go in here',
    slt_runs_parse => 'text that no file holds yet; fuzzed',
);

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or do { print "Bail out! $path: $!\n"; exit 255 };
    local $/;
    return scalar <$in>;
}
# Less than a whole program leaves units without their callers.
if (slurp("$build/CMakeCache.txt") =~ /^SLT_FLOAT:\w+=(?:OFF|0|FALSE)$/m) {
    print "1..0 # SKIP a program of fixed point alone\n";
    exit;
}
my (%defined, %taken);
for my $one (symbols($build)) {
    my ($file, $kind, $name) = @$one;
    next unless $name =~ /^(?:slt|cli)_/;
    if ($kind eq 'U') { $taken{$name}{$file} = 1 }
    elsif ($kind =~ /[A-TV-Z]/) { $defined{$name} //= $file }
}

chdir $top or die "chdir: $!";
my (%declared, %public, %macro, %words);
for my $path (split /\n/, `git ls-files -co --exclude-standard src include tests tools`) {
    next unless $path =~ /\.(?:[ch]|cmake)$/ && -f $path;
    my $text = slurp($path) =~ s{/\*.*?\*/}{}gsr;
    $words{$1}++ while $text =~ /\b(SLT_\w+)\b/g;
    my ($room) = $path =~ m{^(src|include)/.*\.[ch]$} or next;
    if ($path =~ /\.h$/) {
        my $table = $room eq 'include' ? \%public : \%declared;
        $table->{$1} = $path
            while $text =~ /^(?!static|typedef)\w[\w \n*]*?\b((?:slt|cli)_\w+)\([^;{}=]*;/mg;
    }
    next if $room eq 'include';
    $macro{$1} //= $path while $text =~ /^#define (SLT_\w+)(?=[ (\\])/mg; # no guard
}

my $tests = 0;
my $failed = 0;
sub ok {
    my ($name, @found) = @_;
    $tests++;
    $failed += !!@found;
    print @found ? 'not ok' : 'ok', " $tests - $name\n", map { "# $_\n" } @found;
}
my @alone = grep {
    my $name = $_;
    !$public{$name} && !grep { $_ ne $defined{$name} } keys %{ $taken{$name} // {} };
} sort keys %defined;
ok('another unit of src takes what is not public',
    map { "$_ of src/$defined{$_}" } grep { !$kept{$_} } @alone);
my %alone = map { $_ => 1 } @alone;
ok('what is kept for tests is there, and for them alone', grep { !$alone{$_} } sort keys %kept);
my %all = (%declared, %public);
ok('what a header declares is defined', map { "$_ of $all{$_}" } grep { !$defined{$_} } sort keys %all);
ok('a macro is used', map { "$_ of $macro{$_}" } grep { $words{$_} < 2 } sort keys %macro);
print "1..$tests\n";
exit($failed ? 1 : 0);
