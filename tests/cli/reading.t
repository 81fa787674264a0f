#!/usr/bin/perl
# Files as editors and git leave them: byte order marks, CR LF, UTF-16; and paths and axis
# values beyond plain ASCII, from `show` to `verify`.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
mkdir 'my runs';
mkdir "my runs/\xc3\xa9%41";
my $folder = "my runs/\xc3\xa9%41";
my $text = slurp("$root/manifests/smoke/linear.yaml");
my $mark = "\xef\xbb\xbf";

spew("plain.yaml", $text);
my $plan = sltrace('show', 'plain.yaml')->{out};
$plan =~ s/^time.*\n//m;
my %form = (
    'a mark before the first key' => $mark . ($text =~ s/\A(#[^\n]*\n)+//r),
    'a mark before a comment' => $mark . $text,
    'CR LF' => $text =~ s/\n/\r\n/gr,
    'both' => $mark . $text =~ s/\n/\r\n/gr,
);
for my $name (sort keys %form) {
    spew("$folder/fig.yaml", $form{$name});
    my $shown = sltrace('show', "$folder/fig.yaml");
    is($shown->{out} =~ s/^time.*\n//mr, $plan, "$name: the same plan");
    is($shown->{err}, '', '... and no message');
}
spew('wide.yaml', "\xff\xfe" . join('', map { "$_\0" } split //, $text));
my $wide = sltrace('show', 'wide.yaml');
is($wide->{status}, 2, 'UTF-16 is refused');
like($wide->{err}, qr/wide\.yaml: UTF-16 text; expected UTF-8/, '... and told');

# Of a manifest at such a path, with marks and CR LF, the runs are those of the plain one.
my $ran = sltrace('run', "$folder/fig.yaml", '--out', 'study', '--quiet');
is($ran->{status}, 0, 'it runs');
my $recorded =
  sltrace('record', "$folder/fig.yaml", '--from', 'study', '--golden', "$folder/my fig.golden");
is($recorded->{status}, 0, 'it is recorded') or diag $recorded->{err};
my $golden = slurp("$folder/my fig.golden");
like($golden, qr/^manifest fig\.yaml$/m, 'the manifest beside it');
like($golden, qr/^data my%20fig\.csv sha256:/m, 'the data, as a word');
my ($ours) = $golden =~ /^base (\w+)$/m;
my ($published) = slurp("$root/golden/smoke/linear.golden") =~ /^base (\w+)$/m;
is($ours, $published, 'the same run as in the published golden');
my $verified = sltrace('verify', "$folder/my fig.golden");
is($verified->{status}, 0, 'it verifies') or diag $verified->{out}, $verified->{err};
sltrace('record', "$folder/fig.yaml", '--from', 'study', '--golden', 'far.golden');
like(slurp('far.golden'), qr{^manifest my%20runs/%C3%A9%2541/fig\.yaml$}m,
     'the path from elsewhere');
is(sltrace('verify', 'far.golden', '--only', '1')->{status}, 0, 'is found');

# What git's autocrlf makes of published files.
spew("$folder/my fig.csv", slurp("$folder/my fig.csv") =~ s/\n/\r\n/gr);
my $drawn = sltrace('figure', "$folder/my fig.golden", '--out', 'drawn');
isnt($drawn->{status}, 0, 'a CSV with CR LF is refused');
like($drawn->{err}, qr/the same but for CR LF line ends \(git's autocrlf\?/, '... and told');
my $judged = sltrace('verify', "$folder/my fig.golden");
is($judged->{status}, 1, 'nor does such a CSV verify');
like($judged->{out}, qr/the same but for CR LF line ends/, '... for that reason');
spew("$folder/my fig.golden", $golden =~ s/\n/\r\n/gr);
my $changed = sltrace('show', "$folder/my fig.golden");
is($changed->{status}, 2, 'so is a golden');
like($changed->{err}, qr/:1: expected LF line ends, found CR LF: git's autocrlf\?/, '... too');


# Several errors at once, those of run before those of figure.
my $wrong = manifest() =~ s/by: rank/by: rnak/r =~ s/samples: 20/samples: 0/r
  =~ s/every: 10/evry: 10/r;
spew('wrong.yaml', $wrong);
expect(
    sltrace('show', 'wrong.yaml'), 'three errors', status => 2,
    err => qr/\A
      sltrace:\ wrong\.yaml:10:41:\ run\.data\.samples:\ expected[^\n]*\n
      sltrace:\ wrong\.yaml:22:19:\ run\.train\.checkpoints\.evry:\ unknown\ key[^\n]*\n
      sltrace:\ wrong\.yaml:26:14:\ figure\.rows\.by:\ expected[^\n]*\n\z/x);
my $claims = join '', map { "    - {a$_: 1}\n" } 1 .. 12;
spew('wrong.yaml', manifest() . "  claims:\n$claims");
my $many = sltrace('run', 'wrong.yaml');
is(scalar(my @lines = split /\n/, $many->{err}), 11, 'ten lines of many, and one more');
is($lines[-1], 'sltrace: and 2 more', '... with their number');
my $json = sltrace('show', 'wrong.yaml', '--json');
my $messages = () = $json->{out} =~ /figure\.claims\[\d+\]\.a\d+: unknown key/g;
is($messages, 11, 'in JSON the first as the message, and all ten');
like($json->{out}, qr/\],"more":2\}\}\n\z/, '... and the number of others');

done_testing();
