#!/usr/bin/perl
# One name, one thing: no two headers declare one type, no word behind slt_ is a module of
# two rooms, and no static function has a bare verb for its name that several files use, as
# a backtrace and a search show names alone.
use strict;
use warnings;
use FindBin;

chdir "$FindBin::Bin/../.." or die "chdir: $!";

# What the program is about: the same thing in every room that reads, judges or prints it.
my %subjects = map { $_ => 1 } qw(audit chain claim claims curve estimate estimates figure
    fingerprint golden model npy params quantity run runs state steps store theory trace);

my $tests = 0;
my $failed = 0;
sub ok {
    my ($name, @found) = @_;
    $tests++;
    $failed += !!@found;
    print @found ? 'not ok' : 'ok', " $tests - $name\n", map { "# $_\n" } @found;
}

my (%types, %modules, %statics);
for my $path (split /\n/, `git ls-files -co --exclude-standard src include`) {
    next unless $path =~ /\.[ch]$/ && -f $path;
    open my $in, '<', $path or die "$path: $!";
    my $text = do { local $/; <$in> };
    $text =~ s{/\*.*?\*/|__attribute__\(\(.*?\)\)\)?}{}gs;
    my ($room) = $path =~ m{^src/(\w+)/};
    if ($path =~ /\.h$/) {
        $types{$1}{$path} = 1 while $text =~ /^(?:typedef )?(?:struct|enum|union) (slt_\w+) \{/mg;
        $types{$1}{$path} = 1 while $text =~ /^\} (slt_\w+);/mg;
        next unless defined $room; # what is public is declared for several rooms
        $modules{$1}{$room} = 1 while $text =~ /^(?!static|typedef)\w[\w\s*]*?\bslt_([a-z0-9]+)_\w+\(/mg;
    }
    else {
        $statics{$1}{$path} = 1 while $text =~ /^static [^=;{]*?\b([a-z0-9]+)\(/mg;
    }
}
sub shared {
    my ($table) = @_;
    return map { my $name = $_; "$name: " . join ' ', sort keys %{ $table->{$name} } }
        grep { keys %{ $table->{$_} } > 1 } sort keys %$table;
}
delete @modules{ keys %subjects };
ok('a type is declared by one header', shared(\%types));
ok('a module belongs to one room', shared(\%modules));
ok('a static of one word stands in one file', shared(\%statics));
print "1..$tests\n";
exit($failed ? 1 : 0);
