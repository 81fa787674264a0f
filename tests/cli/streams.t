#!/usr/bin/perl
# Where output goes when it cannot go anywhere, and colours.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

my $theory = 'theory crossing --k 1,1';
my $lost = qr/^sltrace: writing the results to standard output: /;
expect(shell("\$SLTRACE $theory >&-"), 'closed stdout', status => 2,
    err => qr/${lost}Bad file descriptor\n$/);
expect(shell("\$SLTRACE --help >&-"), 'closed stdout, help', status => 2, err => $lost);
expect(shell("\$SLTRACE $theory 2>&-"), 'closed stderr', out => "1/2\n");
expect(shell("\$SLTRACE $theory <&-"), 'closed stdin', out => "1/2\n");
expect(shell("\$SLTRACE nonsense 2>&-"), 'closed stderr, a message', status => 2);
SKIP: {
    skip 'no /dev/full', 2 unless -c '/dev/full';
    expect(shell("\$SLTRACE $theory >/dev/full"), 'full disk', status => 2,
        err => qr/${lost}No space left on device\n$/);
    expect(shell("\$SLTRACE --help >/dev/full"), 'full disk, help', status => 2,
        err => qr/${lost}No space left on device\n$/);
}
expect(shell("{ \$SLTRACE $theory; echo \$? >&2; } | true; sleep .1"),
    'a pipe that nobody reads may win or lose the race, and ends it quietly',
    err => qr/^(?:0|141)\n$/);
expect(shell("(trap '' PIPE; sleep .2; \$SLTRACE $theory; echo \$? >&2) | exec true"),
    'a closed pipe whose signal is ignored is an error', err => qr/${lost}Broken pipe\n2\n$/);

SKIP: {
    skip 'script(1) is not installed', 3 unless `which script 2>/dev/null`;
    my $tty = sub { shell("TERM=xterm $_[0] script -qec '\$SLTRACE nonsense' /dev/null")->{out} };
    like $tty->(''), qr/^\e\[1;31msltrace:\e\[0m unknown command/, 'colour on a terminal';
    like $tty->('NO_COLOR=1'), qr/^sltrace: unknown command/, 'NO_COLOR';
    like $tty->('NO_COLOR='), qr/^\e\[/, 'an empty NO_COLOR means nothing';
}
expect(shell("TERM=xterm \$SLTRACE nonsense"), 'no colour in a file', status => 2,
    err => qr/^sltrace: unknown command/);
done_testing;
