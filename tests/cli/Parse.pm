# What others' parsers read in the program's output.
package Parse;
use strict;
use warnings;
use Cli;
use Cwd qw(getcwd);
use Exporter 'import';
use IO::Handle;
use IPC::Open2;
use JSON::PP;
use Test::More;

our @EXPORT = qw(parsed read_as);

# Whether this machine has what reads: python3 with yaml.
sub able { return system("python3 -c 'import yaml' >/dev/null 2>&1") == 0 }

my ($reader, $answers, $questions);

# [kind, file] each; the pairs that parse.py tells, which stays for the next ones.
sub read_as {
    $reader //= open2($answers, $questions, 'python3', "$root/tests/cli/parse.py");
    my $here = getcwd();
    my @words = map { "$_->[0]:" . ($_->[1] =~ m{^/} ? $_->[1] : "$here/$_->[1]") } @_;
    print {$questions} join(' ', map { unpack 'H*', $_ } @words), "\n";
    $questions->flush;
    my $answer = <$answers> // die "parse.py: no answer\n";
    return @{ decode_json($answer) };
}

END {
    local $?;
    if ($reader) {
        close $questions;
        waitpid $reader, 0;
    }
}

my $files = 0;

# A text as one kind; a test says whether it is well-formed. What was read, or undef.
sub parsed {
    my ($kind, $text, $name) = @_;
    my $file = ".parsed." . $files++;
    spew($file, $text);
    my ($one) = read_as([ $kind, $file ]);
    ok $one->[0], "$name: well-formed $kind" or diag "$one->[1]\n", substr($text, 0, 2000);
    return $one->[0] ? $one->[1] : undef;
}

1;
