# A copy of the tree to which toys are added: an op, an optimiser, ... that only the copy has.
#
# What a newcomer needs is counted: a toy is one file and one row of a table, and nothing else
# of the copy changes.  Then the program is built from the copy and each toy tried.
#
# To add a toy: its C source in tests/tidy/toy/, and a file tests/tidy/toy/NAME.pl whose value
# is a hash:
#
#     name   => 'twice',                 what the table calls it
#     source => 'op_twice.c',            in tests/tidy/toy/
#     file   => 'src/net/op_twice.c',    where it goes
#     table  => 'src/net/ops.c',         the file that has the row ...
#     after  => qr/^    X\(add\)/,       ... behind the line that matches (once) ...
#     row    => '    X(twice) \\',       ... which is this line
#     try    => sub { my ($house) = @_; ... }   tests; Cli.pm's functions run the copy's program
#
# Only units that differ from the tree's, or include what differs, are compiled; the others are
# those of the build folder.  With SLT_LONG, or where ninja did not make that folder, the copy is
# configured and built as a whole.
package Toy;
use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);

# build: the folder of the tree's build.
sub new {
    my ($class, $root, $build) = @_;
    my $top = tempdir(CLEANUP => 1);
    my $house = bless { root => $root, build => $build, top => $top, toys => [] }, $class;
    my @files = grep { -f "$root/$_" && !m{^(?:golden|manifests|tests/(?!tests\.cmake))} }
        split /\0/, `git -C '$root' ls-files -coz --exclude-standard`;
    $house->copy("$root/$_", "$top/tree/$_") for @files;
    return $house;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!";
    local $/;
    return scalar(<$in>) // '';
}

sub spew {
    my ($path, $text) = @_;
    make_path(dirname($path));
    open my $out, '>:raw', $path or die "$path: $!";
    print $out $text;
    close $out or die "$path: $!";
}

sub copy {
    my ($house, $from, $to) = @_;
    spew($to, slurp($from));
}

# Puts the toy into the copy; dies where the table has no such place, or several.
sub add {
    my ($house, $toy) = @_;
    my $table = "$house->{top}/tree/$toy->{table}";
    $house->copy("$house->{root}/tests/tidy/toy/$toy->{source}",
        "$house->{top}/tree/$toy->{file}");
    my $found = 0;
    my $text = join '', map { $_ . (/$toy->{after}/ ? $found++ ? '' : "$toy->{row}\n" : '') }
        split /(?<=\n)/, slurp($table);
    die "$toy->{table}: $found places for a row, expected 1\n" if $found != 1;
    spew($table, $text);
    push @{ $house->{toys} }, $toy;
}

# How the copy differs from the tree: {file => [lines added, lines taken away]}; those of a new
# file are 'new'.
sub changes {
    my ($house) = @_;
    my %changed;
    for my $path ($house->files) {
        my $was = "$house->{root}/$path";
        my $now = "$house->{top}/tree/$path";
        if (!-e $was) {
            $changed{$path} = 'new';
        }
        elsif (slurp($was) ne slurp($now)) {
            my ($line) = `git diff --no-index --numstat '$was' '$now'`;
            $changed{$path} = [ $line =~ /^(\d+)\t(\d+)/ ];
        }
    }
    return \%changed;
}

sub files {
    my ($house) = @_;
    my $tree = "$house->{top}/tree";
    return map { substr $_, length "$tree/" } split /\0/, `find '$tree' -type f -print0`;
}

# Builds the program of the copy; its path.
sub program {
    my ($house) = @_;
    my $whole = $ENV{SLT_LONG} || !-e "$house->{build}/build.ninja" ||
        slurp("$house->{build}/CMakeCache.txt") =~ /^SLT_SHARED:BOOL=ON/m;
    return $whole ? $house->program_whole : $house->program_of_parts;
}

# Runs commands, two at a time; dies with what one printed that failed.
sub commands {
    my @commands = @_;
    my %running;
    while (@commands || %running) {
        while (@commands && keys %running < 2) {
            my $command = shift @commands;
            my $log = File::Temp->new;
            my $pid = fork // die "fork: $!";
            if (!$pid) {
                open STDOUT, '>', "$log" and open STDERR, '>&', \*STDOUT or die "$log: $!";
                exec 'sh', '-c', $command;
            }
            $running{$pid} = [ $log, $command ];
        }
        my $pid = wait;
        my $job = delete $running{$pid} or next;
        die substr($job->[1], 0, 400) . "\n" . slurp("$job->[0]") if $?;
    }
}

sub program_whole {
    my ($house) = @_;
    my $top = $house->{top};
    commands("cmake -S '$top/tree' -B '$top/build' -DSLT_TESTS=OFF -DCMAKE_BUILD_TYPE=Debug " .
        "-DCMAKE_C_FLAGS=-O0 && cmake --build '$top/build' --target sltrace --parallel 2");
    return "$top/build/sltrace";
}

# How ninja makes the program: its last command, and {object => command}.
sub made {
    my ($house) = @_;
    my @commands = split /\n/, `ninja -C '$house->{build}' -t commands sltrace`;
    return ($commands[-1], { map { / -o (\S+\.o) / ? ($1 => $_) : () } @commands });
}

# Units of the program: source => [object, what it includes], ...
sub units {
    my ($house, $command) = @_;
    my (%units, $unit);
    for (split /\n/, `ninja -C '$house->{build}' -t deps`) {
        if (/^(\S+\.o): #deps/) {
            $unit = $command->{$1} && [$1];
        }
        elsif ($unit && m{^\s+(\S.*)}) {
            my $path = $1;
            $path =~ s{^\Q$house->{root}\E/}{} or $path =~ s{^(?:\.\./)+(?=src/|include/)}{};
            next if $path !~ m{^(?:src|include)/};
            push @{ $units{$path} }, $unit if @$unit == 1;
            push @$unit, $path;
        }
    }
    return \%units;
}

# Compiles units, [source, command], ...; the objects.  In a command the source and the object
# stand as SOURCE and OBJECT.  Those of a room with one command are compiled together, as
# SLT_UNITY does: most of the time goes into headers.
sub objects_of {
    my ($house, @units) = @_;
    my ($top, $build) = @$house{qw(top build)};
    my (%alike, @commands, @objects);
    for (@units) {
        my ($source, $command) = @$_;
        my ($room) = $source =~ m{^src/(?!num/)(\w+)/};
        push @{ $alike{ $room ? "$room $command" : "$source $command" } }, $_;
    }
    for my $together (sort keys %alike) {
        my %group;
        my $files = join ' ', map { "'$top/tree/$_->[0]'" } @{ $alike{$together} };
        for (`'$^X' '$top/tree/tools/unity' group 16 $files`) {
            my ($file, $group) = /^(\S+) (\S+)$/;
            $group{$group} .= qq(#include "$file"\n);
        }
        die "tools/unity failed\n" if $?;
        for my $group (sort keys %group) {
            my $one = "$top/objects/" . @objects;
            my $command = $alike{$together}[0][1];
            $command =~ s/\bOBJECT\b/'$one.o'/;
            $command =~ s/\bSOURCE\b/'$one.c'/;
            spew("$one.c", $group{$group});
            push @commands, "cd '$build' && $command";
            push @objects, "$one.o";
        }
    }
    commands(@commands);
    return @objects;
}

sub program_of_parts {
    my ($house) = @_;
    my ($top, $root, $build) = @$house{qw(top root build)};
    my ($link, $commands) = $house->made;
    my $units = $house->units($commands);
    my $changed = $house->changes;
    my @compile;
    for my $source (grep { /\.c$/ } $house->files) {
        my @like = $units->{$source} ? @{ $units->{$source} } : ();
        next if !$changed->{$source} && !grep { $changed->{$_} } map { @$_[ 1 .. $#$_ ] } @like;
        my $sibling = $source;
        if (!@like) { # as a file of the same folder is compiled
            ($sibling) = sort grep { /\.c$/ && dirname($_) eq dirname($source) } keys %$units;
            @like = ([ $units->{$sibling}[0][0] ]);
        }
        for (@like) {
            my $object = $_->[0];
            my $command = $commands->{$object};
            $link =~ s{ \Q$object\E }{ } if $sibling eq $source;
            $command =~ s{\Q$root/$sibling\E}{SOURCE};
            $command =~ s{\Q$root\E/(src|include)(?=[ "']|$)}{$top/tree/$1}g;
            $command =~ s{ -M[DFT]( \S+\.o(\.d)?)?(?= )}{}g;
            $command =~ s{ -o \S+}{ -O0 -w -o OBJECT};
            push @compile, [ $source, $command ];
        }
    }
    my $objects = join ' ', map { "'$_'" } $house->objects_of(@compile);
    $link =~ s{ -o sltrace }{ -o '$top/sltrace' $objects };
    commands("cd '$build' && $link");
    return "$top/sltrace";
}

1;
