#!/usr/bin/perl
# The unit tests lie as src does: each file of src has a test of its name or a line of
# tests/unit/README that says what tests it, and each unit test says by its name, or there,
# what it tests.  And each place that reads bytes has its fuzz target, or its reason.
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/../.." or die "chdir: $!";

# A list that must be empty.
sub none {
    my ($name, @found) = @_;
    is join("\n", @found), '', $name;
}

sub files {
    my ($top) = @_;
    return sort grep { m{^\Q$top\E/.*\.c$} && -f } split /\n/,
        `git ls-files -co --exclude-standard $top`;
}

# Lines of the table: [what, the rest].
open my $table, '<', 'tests/unit/README' or die "tests/unit/README: $!";
my @rows = map { [/^((?:src|unit)\/\S+)\s+(.+)$/] } grep { /^(?:src|unit)\/\S+\s+\S/ } <$table>;

# Has src/ROOM/FILE.c a test of its name, or of its family's?
sub tested {
    my ($path) = $_[0] =~ m{^src/(.*)\.c$};
    while (1) {
        return 1 if -e "tests/unit/$path.c";
        return 0 unless $path =~ s/_[^_\/]*$//;
    }
}

my (%elsewhere, @stale, @unknown);
for my $row (grep { $_->[0] =~ /^src/ } @rows) {
    my ($pattern, $tests) = @$row;
    my @found = grep { !tested($_) && !$elsewhere{$_} } glob $pattern;
    push @stale, $pattern unless @found;
    $elsewhere{$_} = 1 for @found;
    push @unknown, map { "$pattern: $_" } grep { !grep { /\.[ct]$/ && -e } glob "tests/$_.c tests/$_.t" }
        split ' ', $tests;
}
none 'each file of src has a unit test, or a line that says what tests it',
    grep { !tested($_) && !$elsewhere{$_} } files('src');
none 'each line is about files without a test of their own', @stale;
none 'each test that a line names is there', @unknown;

# Is tests/unit/ROOM/FILE.c about src/ROOM/FILE.[ch] or FILE_*.c, tests/unit/NAME.c about
# tests/NAME.h?
sub named {
    my ($name) = $_[0] =~ m{^tests/unit/(.*)\.c$};
    my @about = $name =~ m{/} ? glob("src/$name.[ch] src/${name}_*.c") : glob("tests/$name.h");
    return grep { -e } @about;
}
my %own = map { ("tests/$_->[0].c" => 1) } grep { $_->[0] =~ /^unit/ } @rows;
none 'each unit test is named after what it tests, or a line says what that is',
    grep { !named($_) && !$own{$_} } files('tests/unit');
none 'each such line is about a test that no file names',
    grep { !-e || named($_) } sort keys %own;

# Whoever reads bytes has a fuzz target, or tests/fuzz/README says why not.
open my $readers, '<', 'tests/fuzz/README' or die "tests/fuzz/README: $!";
my %fuzzed = map { /^(src\/\S+)\s+(.+)$/ ? ($1 => $2) : () } <$readers>;
sub reads {
    open my $file, '<', $_[0] or die "$_[0]: $!";
    return scalar grep { /\bslt_io_read(?:_open)?\(|\bslt_world\.(?:p?read|fread|getline)\(/ } <$file>;
}
none 'each file of src that reads bytes is in tests/fuzz/README',
    grep { reads($_) && !$fuzzed{$_} } files('src');
none 'each file there reads bytes', grep { !-e || !reads($_) } sort keys %fuzzed;
none 'each target there is one', map {
    my $file = $_;
    map { "$file: $_" } grep { !-e "tests/fuzz/$_.c" } split ' ', $fuzzed{$file} =~ s/\s*--.*//r;
} sort keys %fuzzed;
done_testing;
