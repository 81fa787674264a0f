#!/usr/bin/perl
# A claim has one verdict: whatever command tells it uses the same words.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my %verdict = (
    fits => 'reproduced', 'fits-not' => 'not reproduced', below => 'yes, as printed',
    above => 'no, other than printed', lr => 'as printed', draws => 'not as printed',
    mine => 'holds', 'mine-not' => 'does not hold');
my $claims = <<'YAML';
  claims:
    - {id: fits, says: "four", value: status.done, expect: 4, tolerance: 0, basis: "b"}
    - {id: fits-not, says: "five", value: status.done, expect: 5, tolerance: 0.5, basis: "b"}
    - {id: below, says: "at most ten", value: "max(0, status.done - 10)", expect: 0, tolerance: 0, basis: "b"}
    - {id: above, says: "at least six", value: "min(0, status.done - 6)", expect: 0, tolerance: 0.5, basis: "b"}
    - {id: lr, says: "lr", value: "setting[run.llc[0].lr]", expect: 1e-3, tolerance: 0, basis: "b"}
    - {id: draws, says: "draws", value: "setting[run.llc[0].num_draws]", expect: 21, tolerance: 0, basis: "b"}
    - {id: mine, by: ours, says: "four", value: status.done, expect: 4, tolerance: 0, basis: "b"}
    - {id: mine-not, by: ours, says: "six", value: "max(0, 6 - status.done)", expect: 0, tolerance: 0, basis: "b"}
YAML
my $counted = '2 of 4 results reproduced, 1 of 2 settings as printed, 1 of 2 checks hold';
mkdir 'g';
spew('g/a.yaml', manifest() . $claims);
is sltrace('run', 'g/a.yaml', '--quiet', '--out', 'study')->{status}, 0, 'run';
is sltrace('record', 'g/a.yaml', '--from', 'study')->{status}, 0, 'record';
like slurp('g/a.golden'), qr/^claim mine value 4 expect 4 tolerance 0$/m, 'the golden holds numbers alone';

# What an output says of each claim, by a pattern with the claim's name in front.
sub told {
    my ($text, $pattern) = @_;
    my %told;
    $told{$1} = $2 while $text =~ /$pattern/mg;
    return \%told;
}
my $figure = sltrace('figure', 'g/a.golden', '--out', 'out')->{out};
is_deeply told($figure, qr/^(?:claim|setting|check) ([\w-]+): (.+)$/m), \%verdict, 'figure GOLDEN';
like $figure, qr/^claims: $counted$/m, 'and counts by kind';
like $figure, qr/^claim below: .*\n.*\n  expect   yes \(b\)\n  ours     yes$/m, 'a question is answered';
like $figure, qr/^claim above: .*\n.*\n  expect   yes, 0\.5 beyond the bound allowed \(b\)\n  ours     no, 2 beyond the bound$/m, 'with no too';
is_deeply told(sltrace('figure', 'g/a.yaml', '--from', 'study', '--out', 'out')->{out},
    qr/^(?:claim|setting|check) ([\w-]+): (.+)$/m), \%verdict, 'figure MANIFEST';
my $verdicts = join '|', sort { length $b <=> length $a } values %verdict;
my $show = sltrace('show', 'g/a.golden')->{out};
is_deeply told($show, qr/^  ([\w-]+)  ($verdicts)(?:  .*)?$/m), \%verdict, 'show';
like $show, qr/^claims: $counted$/m, 'and counts';
like $show, qr/^  below  yes, as printed$/m, 'a yes without numbers';
is_deeply told(sltrace('verify', 'g/a.golden')->{out}, qr/^# claim ([\w-]+): (.+)$/m), \%verdict, 'verify';
my $json = qr/"id":"([\w-]+)"[^{}]*"verdict":"([^"]*)"/;
is_deeply told(sltrace('show', 'g/a.golden', '--json')->{out}, $json), \%verdict, 'show --json';
is_deeply told(sltrace('figure', 'g/a.golden', '--json', '--out', 'out')->{out}, $json), \%verdict, 'figure --json';
is_deeply told(sltrace('figure', 'g', '--json', '--out', 'out')->{out}, $json), \%verdict, 'figure FOLDER --json';
my $folder = sltrace('figure', 'g', '--out', 'out')->{out};
like $folder, qr/^g\/a\.golden: $counted$/m, 'figure FOLDER';
like $folder, qr/^  no, other than printed: above, 2 beyond the bound$/m, 'a question has no number for another';
my $page = slurp('out/g.html');
my ($section) = $page =~ /id="a:claims"(.*)/s;
is_deeply told($section, qr{<code>([\w-]+)</code>.*?<span>(?:\xe2\x9c\x93|\xe2\x9c\x97) ([^<]+)</span>}s), \%verdict, 'the page';
ok index($page, $counted) >= 0, 'and its count';

# Without the manifest the kinds are not known, and nothing is said that another command
# would contradict.
rename 'g/a.yaml', 'g/b.yaml';
my $alone = sltrace('show', 'g/a.golden');
is $alone->{status}, 0, 'show without the manifest';
like $alone->{out}, qr/^claims: 4 of 8 claims within their tolerances \(of what kind, the manifest tells\)$/m, 'counts';
like $alone->{out}, qr/^  lr  within its tolerance  value 0.001 /m, 'one';
like $alone->{out}, qr/^  mine-not  outside its tolerance  value 2 /m, 'another';
unlike $alone->{out}, qr/  (?:$verdicts)  /, 'no other word';
done_testing;
