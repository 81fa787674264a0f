#!/usr/bin/perl
# tools/action/verify.sh: file names are operands and no options, and neither they nor what
# the program prints is more than text to GitHub's runner and in its summary.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Parse;
use Test::More;

Parse::able() or plan skip_all => 'no python3 with yaml';
-x '/bin/bash' or plan skip_all => 'no bash';
workdir();

# A program that notes its arguments, a line each, and says what is hostile.
my @said = ('::error::forged', '##[error]forged', '```', '</pre><script>alert(1)</script>',
    "\e]0;x\a \xff | a | b |", '::set-output name=verdict::identical');
spew('program', <<"SH" . join('', map { "$_\n" } @said) . "END\nexit \$status\n");
#!/bin/sh
for word; do printf '<%s>' "\$word"; done >>called
echo >>called
status=0
[ "\$1" != verify ] || status=1
cat <<'END'
ok 1 - x
# 1 identical, 2 differ, 3 not judged
SH
chmod 0755, 'program';

mkdir 'g';
my @names = ('plain.golden', 'a|b.golden', '`touch PWN1`.golden', '<script>alert(1)<', '&lt;.golden',
    '$(touch PWN2).golden', "it's\"so\"_*x*_[a](b).golden", "new\nline|.golden", "\xff\e[31m.golden",
    '--json', '-- --manifest=x.golden', '~~@who~~ $a$.golden');
spew("g/$_" =~ s{alert\(1\)<}{alert(1).golden}r, '') for @names;
spew('--quiet.golden', '');

sub verify {
    my (%environment) = @_;
    unlink 'called', 'summary', 'outputs';
    local @ENV{qw(SLT_PROGRAM GITHUB_STEP_SUMMARY GITHUB_OUTPUT GITHUB_ACTIONS)} =
        ('./program', 'summary', 'outputs', 'true');
    local @ENV{keys %environment} = values %environment;
    return spawn([ "$root/tools/action/verify.sh" ]);
}

my $got = verify(SLT_GOLDEN => "g/* --quiet.golden", SLT_SAMPLE => '--json', SLT_ONLY => '-x',
    SLT_JOBS => '2; touch PWN3');
is $got->{status}, 1, 'the worst exit status';
is slurp('outputs'), "verdict=differs\n", 'the verdict is the script\'s own';
my @calls = grep { /^<verify>/ } split /\n(?=<)/, slurp('called');
is scalar @calls, @names + 1, 'each golden is verified';
is scalar(grep { /^<verify><--sample=--json><--only=-x><--jobs=2; touch PWN3><--></ } @calls), @calls,
    'inputs are values of options, names are operands';
ok !grep({ -e } glob('PWN* g/PWN*')), 'nothing that was named was run';

# ---- The runner ----------------------------------------------------------------------
my @lines = split /\n/, $got->{out};
my ($stop) = $lines[0] =~ /^::stop-commands::(sltrace-[0-9a-f]{32})$/;
ok $stop, 'commands are stopped before anything is printed';
is $lines[-1], "::$stop\::", 'and resumed behind it';
is scalar(grep { $_ eq "::$stop\::" } @lines), 1, 'once';

# ---- The summary ---------------------------------------------------------------------
my $summary = slurp('summary');
my @rows = grep { /^\| / } split /\n/, $summary;
is scalar @rows, 2 + @calls, 'a row a golden';
is scalar(grep { (() = /\|/g) != 6 } @rows), 0, 'of five cells each';
unlike $summary, qr/[`\e\a]/, 'no code and no control';
my $page = parsed('html', "<div>$summary</div>", 'the summary');
is_deeply [ sort keys %{ { map { $_->[0] => 1 } @$page } } ], [qw(code div pre)],
    'elements of the script alone';
my @shown = map { $_->[1] } grep { $_->[0] eq 'code' } @$page;
for my $name (grep { !/[\n\e]/ } @names) {
    my $path = "g/$name" =~ s{alert\(1\)<}{alert(1).golden}r;
    ok scalar(grep { $_ eq $path } @shown), "$path is shown as it is";
}
ok scalar(grep { $_ eq 'g/new line|.golden' } @shown), 'a line end is a blank';
my ($log) = map { $_->[1] } grep { $_->[0] eq 'pre' } @$page;
like $log, qr/\Q$said[3]\E/, 'what the doctor says is text';

is verify(SLT_GOLDEN => '')->{status}, 2, 'no golden';
is verify(SLT_GOLDEN => 'g/nowhere*.golden')->{status}, 1, 'a pattern without a file is a name';

# What the action hands over goes through the environment, never into a command.
my $action = slurp("$root/tools/action/action.yml");
my $read = parsed('yaml', $action, 'action.yml');
for my $step (@{ $read->{runs}{steps} }) {
    unlike $step->{run}, qr/\$\{\{/, "$step->{name}: nothing is pasted into a command";
}
done_testing;
