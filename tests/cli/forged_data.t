#!/usr/bin/perl
# Figure data, golden and claims that go together, root and SHA-256 made anew, but are not
# what the golden's own runs give: found without doing these runs again.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use Test::More;

workdir();
spew('m.yaml', manifest() . <<'YAML');
  claims:
    - {id: runs, says: "four", value: status.done, expect: 4, tolerance: 0, basis: "b"}
YAML
is sltrace('run', 'm.yaml', '--quiet', '--out', 'study')->{status}, 0, 'run';
is sltrace('record', 'm.yaml', '--from', 'study', '--golden', 'g.golden')->{status}, 0, 'record';
my ($golden, $data) = map { slurp($_) } qw(g.golden g.csv);
my @rows = grep { /^[^.]*,[^,]+,/ } split /^/, $data =~ s/^.*\n//r;
ok @rows > 1, 'rows of runs' or diag $data;

# Whether reading refuses what a change of data and golden leaves; undef: it holds.
sub judged {
    my ($name, $like, $csv, $text) = @_;
    my $old = sha256_hex($data);
    my $new = sha256_hex($csv);
    $text =~ s/\Q$old\E/$new/;
    my ($body) = $text =~ /\A(.*?^)root sha256:/ms;
    my $root = sha256_hex($body);
    $text =~ s/^root sha256:[0-9a-f]+/root sha256:$root/m;
    spew('g.csv', $csv);
    spew('g.golden', $text);
    for my $command ([qw(verify --only 0)], [qw(verify --sample 1)], [qw(figure --out out)]) {
        my $got = sltrace(@$command, 'g.golden');
        is $got->{status}, $like ? 1 : 0, "$name: @$command";
        like $got->{err}, $like, "$name: @$command: says what" if $like;
    }
}
judged('unchanged', undef, $data, $golden);

# A number of the data.
my $row = qr/figure data: row 1, .* is not what the golden's runs give/;
my ($series, $x, $value, $error, $n) = split /,/, $rows[0] =~ s/\n//r;
sub with { return $data =~ s/^\Q$rows[0]\E/join(',', @_) . "\n"/emr }
judged('another value', $row, with($series, $x, 1, $error, $n), $golden);
judged('another error', $row, with($series, $x, $value, 7, $n), $golden);
judged('no error', $row, with($series, $x, $value, '', $n), $golden) if length $error;
judged('more runs', $row, with($series, $x, $value, $error, $n + 1), $golden);
judged('a row left out', $row, $data =~ s/^\Q$rows[0]\E//mr, $golden);
judged('a row twice', qr/figure data: row 2, /, $data =~ s/^(\Q$rows[0]\E)/$1$1/mr, $golden);
judged('the last row left out', qr/figure data: row ${\scalar @rows}, /, $data =~ s/^\Q$rows[-1]\E//mr, $golden);
judged('another order', $row, $data =~ s/^(\Q$rows[0]\E)(.*\n)/$2$1/mr, $golden);

# How runs ended, with the claim that counts them.
judged('a run less', qr/status\.done is 3, but in the golden 4/, $data =~ s/^status\.done,,4/status.done,,3/mr,
    $golden =~ s/^claim runs value 4/claim runs value 3/mr);
judged('runs that diverged', qr/status\.diverged is 2, but in the golden 0/, $data =~ s/^status\.diverged,,0/status.diverged,,2/mr, $golden);
judged('no count', qr/status\.overflow is not there, but in the golden 0/, $data =~ s/^status\.overflow.*\n//mr, $golden);

# A result of a run that is not judged.
judged('a result', qr/figure data: row \d+, /, $data, $golden =~ s/^(3 .*) \S+$/$1 -1/mr);
judged('no result', qr/figure data: row \d+, /, $data, $golden =~ s/^(3 .*) \S+$/$1 -/mr);
done_testing;
