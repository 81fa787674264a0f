#!/usr/bin/perl
# --help, --version, usage errors, man pages and completion: all made from the tables.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $help = sltrace('--help');
is $help->{status}, 0, '--help';
is $help->{err}, '', '--help writes to stdout only';
is sltrace('-h')->{out}, $help->{out}, '-h is --help';
my ($list) = $help->{out} =~ /^Commands:\n((?:  .*\n)+)/m;
my @commands = $list =~ /^  (\S+)/mg;
ok @commands > 0, "commands: @commands";

my ($children) = sltrace('theory', '--help')->{out} =~ /^NAME:\n((?:  .*\n)+)/m;
my @pages = (@commands, map { "theory $_" } $children =~ /^  (\S+)/mg);

mkdir 'pages' or die;
expect(sltrace('--generate', 'pages'), 'pages are made');

# Examples are in help and in the man page, and are lines that the parser takes.
sub examples {
    my ($name, $help, $manual) = @_;
    my ($block) = $help =~ /^Examples:\n((?:  .*\n)+)/m;
    my @lines = map { s/^  //r } split /\n/, ($block // '') =~ s/\\\n\s*/ /gr;
    ok @lines > 0, "$name has examples";
    for my $line (@lines) {
        my ($words) = $line =~ /^prove -e 'sltrace ([^']*)'|^sltrace ([^#&]*)/ ? $1 // $2 : '';
        my $taken = shell("\$SLTRACE $words --help");
        is $taken->{status}, 0, "example: $line" or diag $taken->{err};
        my ($start) = $words =~ /^([\w ]*\w)/;
        like $manual, qr/sltrace \Q$start\E\b/, "is in the man page";
    }
}
examples('sltrace', $help->{out}, slurp('pages/sltrace.1'));
my $completion = slurp('pages/sltrace.bash');
for my $name (@pages) {
    my $page = sltrace(split(' ', $name), '--help');
    is $page->{status}, 0, "$name --help";
    like $page->{out}, qr/^Usage: sltrace \Q$name\E\b/, "$name --help begins with usage";
    ok !(grep { length > 90 } split /\n/, $page->{out}), "$name --help fits a terminal";
    # Every option that help shows is known to the parser, the man page and completion.
    my @options = $page->{out} =~ /^ {2}(?:-\w, | {4})--([\w-]+)/mg;
    ok @options >= 4, "$name: options: @options";
    my $manual = slurp('pages/sltrace-' . ($name =~ s/ .*//r) . '.1');
    examples($name, $page->{out}, $manual);
    for my $option (@options) {
        my $escaped = $option =~ s/-/\\-/gr;
        like $manual, qr/\\-\\-\Q$escaped\E\\fR/, "$name --$option is in the man page";
        my $known = sltrace(split(' ', $name), "--$option=0", '--help');
        unlike $known->{err}, qr/unknown option/, "$name --$option is parsed";
        like $completion, qr/--$option\b/, "--$option is completed";
    }
}
for my $option ($help->{out} =~ /^ {2}(?:-\w, | {4})--([\w-]+)/mg) {
    like slurp('pages/sltrace.1'), qr/\\-\\-\Q$option\E\\fR/, "--$option is in sltrace(1)";
}

SKIP: {
    my $groff = `which groff 2>/dev/null`;
    skip 'groff is not installed', 1 unless $groff;
    my @complaints = map { `groff -ww -man -Tutf8 $_ 2>&1 >/dev/null` } glob('pages/*.[15]');
    is "@complaints", '', 'groff -ww has no complaint';
}
is system('bash -n pages/sltrace.bash'), 0, 'the completion is bash';

# complete LINE: the words offered at its end.
sub complete {
    my @words = split / /, $_[0], -1;
    my $list = join ' ', map { "'$_'" } @words;
    my $script = ". pages/sltrace.bash; compopt() { :; }; COMP_WORDS=($list); "
        . 'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sltrace; echo "${COMPREPLY[*]}"';
    open my $bash, '-|', 'bash', '-c', $script or die;
    chomp(my $words = <$bash> // '');
    return join ' ', sort split ' ', $words;
}
spew('a.yaml', '');
spew('b.golden', '');
spew('c.trace', '');
mkdir 'deep' or die;
is complete('sltrace the'), 'theory', 'a command is completed';
is complete('sltrace theory '), 'crossing dln grokking quadratic quadratic-sgld rrr tms volume', 'a child too';
is complete('sltrace theory rrr --h'), '--help --hidden', 'a child\'s options';
is complete('sltrace theory rrr --isa av'), 'avx2 avx512', 'instruction sets';
is complete('sltrace --isa scalar the'), 'theory', 'a command behind an option';
my %operand = (run => 'a.yaml deep pages', verify => 'b.golden deep pages',
    replay => 'c.trace deep pages', show => 'a.yaml b.golden c.trace deep pages');
for my $command (grep { my $c = $_; grep { $_ eq $c } @commands } sort keys %operand) {
    is complete("sltrace $command "), $operand{$command}, "$command: its files and folders";
}

# The same of zsh and fish, where they are at hand.
SKIP: {
    skip 'zsh is not installed', 9 if shell('zsh --version')->{status};
    is system('zsh -n pages/_sltrace'), 0, 'the completion is zsh';
    my @typed = ([ 'sltrace verif' => 'sltrace verify' ], [ 'sltrace -q verif' => 'sltrace -q verify' ],
        [ 'sltrace theory rr' => 'sltrace theory rrr' ], [ 'sltrace verify --pub' => 'sltrace verify --public-key' ],
        [ 'sltrace run a' => 'sltrace run a.yaml' ], [ 'sltrace verify b' => 'sltrace verify b.golden' ],
        [ 'sltrace run --isa avx5' => 'sltrace run --isa avx512' ], [ 'sltrace help infl' => 'sltrace help influence' ]);
    # Each line is completed and, from its start, made one that echo shows.
    my $lines = join ' ', map { "'$_->[0]'" } @typed;
    spew('typed.zsh', <<"ZSH");
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; bindkey -e; zle_bracketed_paste=(); fpath=(\$PWD/pages \$fpath); autoload -U compinit; compinit -u -D'
for line in $lines; do zpty -w -n z "\$line"\$'\\t\\C-a'"echo DONE: "\$'\\n'; done
zpty -w z exit
while zpty -r z more; do print -r -- \$more; done
ZSH
    my @done = shell('zsh -f typed.zsh')->{out} =~ /^DONE: (.*?)\s*$/mg;
    is $done[$_], $typed[$_][1], "zsh: $typed[$_][0]" for 0 .. $#typed;
}
SKIP: {
    skip 'fish is not installed', 9 if shell('fish --version')->{status};
    is system('fish -n pages/sltrace.fish'), 0, 'the completion is fish';
    my %offered = ('sltrace verif' => 'verify', 'sltrace theory rr' => 'rrr', 'sltrace theory rrr --hi' => '--hidden',
        'sltrace verify --pub' => '--public-key', 'sltrace run a' => 'a.yaml', 'sltrace verify b' => 'b.golden',
        'sltrace run --isa avx5' => 'avx512', 'sltrace help infl' => 'influence');
    for my $line (sort keys %offered) {
        my $got = shell("HOME=. fish -c 'source pages/sltrace.fish; complete -C \"$line\"' | cut -f 1");
        is $got->{out}, "$offered{$line}\n", "fish: $line";
    }
}

for my $case ([ ['help'], ['--help'] ], [ [qw(help verify)], [qw(verify --help)] ],
    [ [qw(help theory)], [qw(theory --help)] ], [ [qw(help theory rrr)], [qw(theory rrr --help)] ]) {
    is sltrace(@{ $case->[0] })->{out}, sltrace(@{ $case->[1] })->{out}, "@{$case->[0]}";
}
expect(sltrace(qw(help verfy)), 'help of none', status => 2,
    err => "sltrace: unknown command 'verfy'; did you mean 'verify'? See sltrace --help\n");
expect(sltrace(qw(help verify golden)), 'help below one that has none', status => 2,
    err => qr/^sltrace: verify has no commands below it\n$/);
is sltrace('-V')->{out}, sltrace('--version')->{out}, '-V';
expect(sltrace('--version'), '--version',
    out => qr/^sltrace \d+\.\d+\.\d+, numerics revision 1\n$/);
expect(sltrace(), 'no command', status => 2,
    err => "sltrace: a command is missing; see sltrace --help\n");
expect(sltrace('teory'), 'a mistyped command', status => 2,
    err => "sltrace: unknown command 'teory'; did you mean 'theory'? See sltrace --help\n");
expect(sltrace('zzzzzzzz'), 'an unknown command', status => 2,
    err => "sltrace: unknown command 'zzzzzzzz'; see sltrace --help\n");
expect(sltrace('--foo'), 'an unknown option', status => 2,
    err => "sltrace: unknown option '--foo'; see sltrace --help\n");
expect(sltrace('--qiet', 'theory'), 'a mistyped option', status => 2,
    err => "sltrace: unknown option '--qiet'; did you mean '--quiet'? See sltrace --help\n");
expect(sltrace('-x'), 'an unknown letter', status => 2,
    err => "sltrace: unknown option '-x'; see sltrace --help\n");
expect(sltrace('theory', 'rrr', '--in'), 'an argument is missing', status => 2,
    err => "sltrace: option '--in' needs an argument\n");
expect(sltrace('--quiet=3', 'theory'), 'an argument too many', status => 2,
    err => "sltrace: option '--quiet' takes no argument\n");
expect(sltrace('--isa', 'mmx', 'theory', 'crossing', '--k', '1'), 'an unknown ISA',
    status => 2, err => qr/^sltrace: .*expected scalar, neon, avx2 or avx512, found 'mmx'\n$/);
{
    local $ENV{SLTRACE_ISA} = 'mmx';
    expect(sltrace('theory', 'crossing', '--k', '1'), 'an unknown SLTRACE_ISA',
        status => 2, err => qr/found 'mmx'\n$/);
    expect(sltrace('--isa', 'scalar', 'theory', 'crossing', '--k', '1'),
        '--isa wins over SLTRACE_ISA', out => "1/2\n");
}
my $long = 'x' x 5000;
expect(sltrace($long), 'a very long word', status => 2, err => qr/^sltrace: unknown command/);
done_testing;
