# What others' parsers read in the program's output.
package Parse;
use strict;
use warnings;
use Cli;
use Exporter 'import';
use JSON::PP;
use Test::More;

our @EXPORT = qw(parsed read_as);

# Whether this machine has what reads: python3 with yaml.
sub able { return system("python3 -c 'import yaml' >/dev/null 2>&1") == 0 }

# [kind, file] each; the pairs that parse.py tells.
sub read_as {
    my $got = spawn([ 'python3', "$root/tests/cli/parse.py", map { "$_->[0]:$_->[1]" } @_ ]);
    $got->{status} == 0 or die $got->{err};
    return @{ decode_json($got->{out}) };
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
