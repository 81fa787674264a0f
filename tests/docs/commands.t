#!/usr/bin/perl
# Every command shown in a ```console block of the documents runs, and prints what the
# document says it prints.  A line of "..." stands for any lines; blocks of other kinds
# are not run.  The commands of one document run in order in one folder, an empty one with
# links to the tree's manifests and golden.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;

my $top = abs_path("$FindBin::Bin/../..");
my $sltrace = abs_path($ENV{SLTRACE} // "$top/build/sltrace");
my @documents = @ARGV ? @ARGV : (glob("$top/*.md"), glob("$top/docs/*.md"), glob("$top/docs/*/*.md"));
my $bin = tempdir(CLEANUP => 1);
symlink $sltrace, "$bin/sltrace" or die "symlink: $!";
$ENV{PATH} = "$bin:$ENV{PATH}";
$ENV{NO_COLOR} = 1;
my ($tests, $failed) = (0, 0);

# [line, command, [output lines]] of each console block.
sub sessions {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!";
    my (@found, $inside);
    while (my $line = <$in>) {
        chomp $line;
        if ($line =~ /^\s*```/) {
            $inside = !$inside && $line =~ /^\s*```console$/;
        }
        elsif ($inside && $line =~ /^\s*\$ (.*)/) {
            push @found, [ $., $1, [] ];
        }
        elsif ($inside && @found) {
            push @{ $found[-1][2] }, $line;
        }
    }
    return @found;
}

# Whether the lines printed are those expected, "..." matching any run of lines.
sub same {
    my ($expected, $printed) = @_;
    my $pattern = join '', map { $_ eq '...' ? '(?:.*\n)*?' : quotemeta($_) . '\n' } @$expected;
    return join('', map { "$_\n" } @$printed) =~ /\A$pattern\z/;
}

for my $document (@documents) {
    next unless -e $document;
    my $folder = tempdir(CLEANUP => 1);
    symlink "$top/$_", "$folder/$_" for qw(manifests golden);
    chdir $folder or die "chdir: $!";
    my $name = $document =~ s{^\Q$top\E/}{}r;
    for my $session (sessions($document)) {
        my ($line, $command, $expected) = @$session;
        open my $pipe, '-|', 'bash', '-c', "exec 2>&1 </dev/null; $command"
            or die "bash: $!";
        chomp(my @printed = <$pipe>);
        close $pipe;
        my $ok = !@$expected ? $? == 0 : same($expected, \@printed);
        $tests++;
        print $ok ? 'ok' : 'not ok', " $tests - $name:$line: $command\n";
        next if $ok;
        $failed++;
        print "# printed (exit status ", $? >> 8, "):\n", map { "#   $_\n" } @printed;
    }
    chdir $top;
}
print "1..$tests\n";
exit($failed || !$tests ? 1 : 0);
