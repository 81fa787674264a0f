#!/usr/bin/perl
# The table of sizes in docs/manual/limits.md is what the source says, and the sizes of
# files, models and runs that the source limits stand in it.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

my $top = abs_path("$FindBin::Bin/../..");
my %constant; # NAME, or NAME in FILE => its expression

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!";
    local $/;
    return scalar <$in>;
}

for my $path (split /\n/, `find '$top/src' '$top/include' -name '*.[ch]'`) {
    my $text = slurp($path);
    my $file = $path =~ s{^\Q$top\E/}{}r;
    while ($text =~ /^#define (\w+) +(\(?[^\n]*?)(?:\s*\/\*[^\n]*)?$/mg) {
        my ($name, $is) = ($1, $2);
        $constant{"$name in $file"} = $is;
        $constant{$name} //= $is if $name =~ /^SLT_/;
    }
}

# The value of an expression of numbers, shifts, products, casts and other constants.
sub value {
    my ($text, $depth) = @_;
    return 'too deep' if ++$depth > 9;
    $text =~ s/\(\s*(?:size_t|uint64_t|int)\s*\)//g;
    $text =~ s/UINT64_C(\(\w+\))/$1/g;
    $text =~ s/\bUINT32_MAX\b/4294967295/g;
    $text =~ s/\b(0x[0-9a-f]+|\d+)(?:u|ul|ull)\b/$1/gi;
    $text =~ s/\b(SLT_\w+)\b/'(' . value($constant{$1} \/\/ "no $1", $depth) . ')'/ge;
    return $text =~ /^(?:[\d()+*<> -]|0x[0-9a-f]+)+$/i ? eval $text // $text : $text;
}

my $page = slurp("$top/docs/manual/limits.md");
my %told;
while ($page =~ /^\| [^|\n]+ \| (\d+) \| `(\w+)`(?: in `([^`]+)`)? \|$/mg) {
    my ($number, $name, $file) = ($1, $2, $3);
    my $key = $file ? "$name in $file" : $name;
    $told{$name} = 1;
    is value($constant{$key} // "no $key", 0), $number, $key;
}
my ($stack) = $page =~ /(\d+) bytes, `SLT_STACK_BYTES`/;
is value($constant{SLT_STACK_BYTES}, 0), $stack, 'SLT_STACK_BYTES';

# Limits whose names say that they are of bytes, depths or files.
for my $name (sort grep { /^SLT_\w*(?:BYTES|DEPTH|NODES)_MAX$/ } keys %constant) {
    next if $name =~ /^SLT_(?:HTML|TRAJECTORY|INPUTS|RANK)_/; # of what is written or computed
    ok $told{$name}, "$name stands in the table";
}
for my $header (qw(src/net/model.h src/data/data.h)) {
    for my $name (sort map { / in \Q$header\E$/ ? /^(\w+) / : () } keys %constant) {
        next unless $name =~ /_(?:SAMPLES|ELEMENTS|WEIGHTS|OPS|NAME|PATH)_MAX$/;
        ok $told{$name}, "$name stands in the table";
    }
}
done_testing();
