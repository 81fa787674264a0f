#!/usr/bin/perl
# sltrace figure FOLDER: one page of several goldens.
use strict;
use warnings;
use utf8;
use Encode qw(decode encode);
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output;
workdir();
# As it stands inside double quotes in YAML.
my $hostile = q{<script>alert(1)</script> \\" ' &amp; ]]> --> </title>\\u202e\\x85};
my $cite = qq(cite: {paper: "arXiv:2512.00686v3", figure: "7 <b>", table: 1, note: "$hostile", url: "javascript:alert(1)"});
my $figure = <<"YAML";
pins:
  run.data.samples: "$hostile"
  run.train: "why the training is so"
  run.model.weights.W1.init: "why W1"
  run.llc: "why the chains"
figure:
  rows: {by: rank, value: llc/mean, error: sd}
  fit: {linear: {y: llc/mean, x: rank}}
  title: "$hostile"
  claims:
    - {id: yes, says: "$hostile", value: status.done, expect: 4, tolerance: 0, basis: "it is counted"}
    - {id: no, says: "five", value: status.done, expect: 5, tolerance: 0.5, basis: "$hostile", note: "noted $hostile"}
    - {id: slope, by: ours, says: "a slope", value: fit.linear.a1, expect: 0, tolerance: 1e9, basis: "anything"}
YAML
my $manifest = manifest() =~ s/^cite:.*$/$cite/mr =~ s/^figure:\n.*\z/$figure/msr;
mkdir $_ for qw(goldens study out);
spew('goldens/a.yaml', $manifest =~ s{mine/small}{mine/a}r);
spew('goldens/b.yaml', manifest() =~ s{mine/small}{mine/b}r);
for my $name (qw(a b)) {
    is sltrace('run', "goldens/$name.yaml", '--quiet', '--out', "study/mine/$name")->{status}, 0, "run $name";
    is sltrace('record', "goldens/$name.yaml", '--from', "study/mine/$name")->{status}, 0, "record $name";
}

sub report { return sltrace('figure', 'goldens', '--out', 'out', @_) }

sub page {
    my $bytes = slurp('out/goldens.html') // '';
    return decode('UTF-8', $bytes, Encode::FB_CROAK);
}

# The page as XML: a list of [element, attributes, text right inside].
my $python = <<'PY';
import json, sys, xml.etree.ElementTree as E
def walk(e):
    yield [e.tag.split('}')[1], dict(e.attrib), ''.join(e.itertext())]
    for c in e: yield from walk(c)
json.dump(list(walk(E.parse(sys.argv[1]).getroot())), sys.stdout)
PY
sub elements {
    my $got = spawn([ 'python3', '-c', $python, 'out/goldens.html' ]);
    is $got->{status}, 0, 'the page is well-formed XML' or diag $got->{err};
    require JSON::PP;
    return $got->{status} ? [] : JSON::PP::decode_json($got->{out});
}

sub some { my ($all, $wanted) = @_; return grep { $_->[0] eq $wanted } @$all }

# As like and unlike, without printing a whole page where they fail.
sub has { my ($page, $pattern, $name) = @_; ok $page =~ $pattern, $name }
sub lacks { my ($page, $pattern, $name) = @_; ok $page !~ $pattern, $name }

subtest 'a page of two goldens' => sub {
    expect(report(), 'figure goldens', out => <<'TEXT', err => qr/^(?:sltrace: [^\n]*no picture[^\n]*\n)*$/);
goldens/a.golden: 1 of 2 results reproduced, 1 of 1 check holds
  0 of 4 estimates settled
  not reproduced: no, 4 for 5
goldens/b.golden: no claims
  0 of 4 estimates settled
report  out/goldens.html
TEXT
    my $all = elements();
    is scalar(some($all, $_)), 1, "one $_" for qw(html head body header nav main footer h1);
    is $all->[0][1]{lang}, 'en', 'language';
    ok !some($all, $_), "no $_" for qw(script iframe object embed link image img form base);
    ok !grep({ grep /^on/i, keys %{ $_->[1] } } @$all), 'no attribute is a handler';
    my @links = grep { defined } map { @{ $_->[1] }{qw(href src)} } @$all;
    is_deeply [ grep { !m{^(?:#|https://arxiv\.org/abs/2512\.00686v3$|data:text/csv;)} } @links ], [],
        'links lead to the page, the paper and the data';
    my %id;
    $id{$_}++ for grep { defined } map { $_->[1]{id} } @$all;
    is_deeply [ grep { $id{$_} > 1 } keys %id ], [], 'ids are unique';
    is_deeply [ grep { /^#(.*)/ && !$id{$1} } @links ], [], 'links inside the page arrive';
    my ($policy) = grep { ($_->[1]{'http-equiv'} // '') eq 'Content-Security-Policy' } some($all, 'meta');
    like $policy->[1]{content}, qr/^default-src 'none'; style-src 'unsafe-inline'; img-src data:;/, 'policy';
    my $text = $all->[0][2];
    ok index($text, qq{<script>alert(1)</script> " ' &amp; ]]> --> </title>\x{fffd}\x{fffd}}) >= 0,
        'hostile text is shown as it is, without its controls';
    lacks page(), qr/[\x00-\x08\x0b-\x1f\x7f-\x9f\x{202e}]/, 'and none is in the page';
    has $text, qr/noted <script>/, 'the note of a claim';
    has $text, qr/fit\.linear\.a1.*3 other numbers computed from the data.*status\.overflow/s,
        'fits, and what else was computed';
    has $text, qr/✓ reproduced/, 'a verdict by sign and word';
    has $text, qr/✗ not reproduced/, 'and the other';
    has $text, qr/2 goldens: 1 of 2 results reproduced, 1 of 1 check holds\./,
        'they are counted, ours apart';
    has $text, qr/Our check: a slope.*✓ holds/s, 'a check of our own';
    has $text, qr/init: why W1.*why the training is so.*why the chains/s, 'the reasons of pins';
    my ($root) = slurp('goldens/a.golden') =~ /^root sha256:(\w+)$/m;
    has $text, qr/$root/, 'the root';
    has $text, qr/sltrace verify --only 2 goldens\/a\.golden/, 'how to verify one run';
    has $text, qr/\d of 4 estimates settled.*4 runs, one by one.*run 3 \(rank=2 seed=1\).*As goldens\/a\.runs\.csv tells/s,
        'the chains, by the table beside the golden';
    my ($data) = grep { m{^data:} } @links;
    is $data =~ s/^data:text\/csv;charset=utf-8,//r =~ s/%(..)/chr hex $1/ger, slurp('goldens/a.csv'),
        'the data are inside';
    is scalar(some($all, 'svg')), 2, 'pictures' if sltrace('doctor') && -x '/usr/bin/gnuplot';
};

subtest 'the commands of the page' => sub {
    my @commands = map { split /\n/ } map { $_->[2] } some(elements(), 'pre');
    is scalar(@commands), 10, 'five for each golden';
    local $ENV{PATH} = ($sltrace =~ s{/[^/]*$}{}r) . ":$ENV{PATH}";
    is spawn([ 'sh', '-c', $_ ])->{status}, 0, $_ for @commands[0 .. 4];
};

subtest 'the same bytes again, and from traces' => sub {
    my $before = page();
    report();
    is page(), $before, 'the same page';
    is report('--from', 'study')->{status}, 0, '--from';
    has page(), qr/\d+ of 4 estimates settled/, 'tells of the chains';
    my $missing = report('--from', 'nowhere');
    is $missing->{status}, 0, 'traces that are missing are no failure';
    like $missing->{err}, qr{nowhere/mine/a\S*: \d+ of \d+ runs are missing: 0}, 'but told';
    has page(), qr{Not told by traces: nowhere/mine/a}, 'in the page too';
    my $json = report('--json')->{out};
    like $json, qr/^\{"schema":"sltrace\.report\/1","report":"out\/goldens\.html","goldens":\[\{"golden":"goldens\/a\.golden","name":"mine\/a","status":"ok","message":null,"root":"\w{64}","drawn":(?:true|false),"claims":\[\{"id":"yes",/, 'JSON';
    like $json, qr/"note":null,"by":"paper","reproduced":true.*"note":"noted .*"reproduced":false.*"by":"ours".*"name":"mine\/b".*"claims":\[\],"runs":\{"count":4,"diverged":\[\],"overflow":\[\]\},"chains":\{"estimates":4,"settled":0,.*\},"hidden":0\}\]\}\n$/s, 'with all verdicts';
};

subtest 'without gnuplot' => sub {
    local $ENV{PATH} = '/nonexistent';
    my $got = report();
    is $got->{status}, 0, 'no failure';
    like $got->{err}, qr/goldens\/a\.golden: no picture: gnuplot/, 'told';
    has page(), qr/no picture: gnuplot.*<details open="open">/s, 'and the table stands open';
};

# A golden that does not hold: its section says so, no verdict is shown, others stay.
sub broken {
    my ($name, $status, $like, $change, $file) = @_;
    my $kept = slurp($file);
    spew($file, $change->($kept));
    my $got = report();
    spew($file, $kept);
    subtest $name => sub {
        is $got->{status}, $status, 'exit status';
        like $got->{err}, $like, 'named on stderr';
        my $page = page();
        has $page, qr/✗ does not hold/, 'in the summary';
        has $page, qr/This golden does not hold: .*$like/, 'and in its section';
        lacks $page, qr/reproduced<\/span>/, 'no verdict';
        has $page, qr/mine\/b/, 'the other golden is there';
        elements();
    };
}
broken('a root', 2, qr/a\.golden:\d+: expected sha256/, sub { $_[0] =~ s/^(root sha256:)(.)/$1 . ($2 eq '0' ? 1 : 0)/mer }, 'goldens/a.golden');
broken('data', 1, qr/a\.csv/, sub { $_[0] =~ s/,4$/,5/mr =~ s/,2$/,3/mr }, 'goldens/a.csv');
broken('another experiment', 1, qr/run\.train\.steps is 41/, sub { $_[0] =~ s/steps: 40/steps: 41/r }, 'goldens/a.yaml');
broken('other claims', 1, qr/claims are not those/, sub { $_[0] =~ s/expect: 5/expect: 4/r }, 'goldens/a.yaml');
broken('a manifest that does not parse', 2, qr/a\.yaml:\d+/, sub { "$_[0]\n- x\n" }, 'goldens/a.yaml');
broken('no golden at all', 2, qr/a\.golden/, sub { "<script>\n" }, 'goldens/a.golden');

expect(sltrace('figure', 'study'), 'a folder without goldens', status => 2, err => qr/study: no golden/);
mkdir 'full';
expect(sltrace('figure', 'goldens', '--out', 'goldens/a.yaml'), 'no place for the page', status => 2,
    err => qr/goldens\/a\.yaml/);
# ---- The front page of a tree --------------------------------------------------------

mkdir $_ for qw(tree tree/one tree/two tree/none front);
spew("tree/$_", slurp("goldens/" . s{.*/}{}r))
    for map { my $to = $_; map { "$to$_" } qw(.yaml .golden .csv .runs.csv) } qw(one/a two/b);
my $tree = sltrace(qw(figure tree --out front));
is $tree->{status}, 0, 'a tree' or diag $tree->{err};
like $tree->{out}, qr/^tree\/one\/a\.golden: .*\nreport  front\/one\.html\ntree\/two\/b\.golden: no claims\n.*\nreport  front\/two\.html\nfront   front\/index\.html\n\z/s,
    'a report a folder, then the front page';
my $front = decode('UTF-8', slurp('front/index.html'));
is spawn([ 'python3', '-c', $python, 'front/index.html' ])->{status}, 0, '... is well-formed XML';
unlike $front, qr/<script/, '... with hostile texts as texts';
my @rows = $front =~ /(<tr>\s*<th scope="row".*?<\/tr>)/gs;
is scalar @rows, 2, '... with a row a golden';
like $rows[0], qr/>arXiv:2512\.00686v3<\/a>.*✗ 1 of 2 results reproduced.*estimates settled.*>4<\/td>/s,
    '... paper, verdicts, chains, runs';
like $rows[1], qr/>no claims<\/td>/, '... without a mark where nothing is claimed';
for my $row (@rows) {
    my ($file, $anchor) = $row =~ /<a href="([^"#]*)#([^"]*)"/;
    like slurp("front/$file"), qr/ id="\Q$anchor\E"/, "... $file#$anchor is there";
}
spew('tree/two/b.csv', slurp('tree/two/b.csv') =~ s/\d(?=\n)/9/r);
my $changed = sltrace(qw(figure tree --out front --json));
is $changed->{status}, 1, 'a golden whose data were changed';
like decode('UTF-8', slurp('front/index.html')), qr/✗ does not hold, no claim is judged/, '... is told';
require JSON::PP;
my $told = JSON::PP::decode_json($changed->{out});
is join(' ', map { $_->{report}, $_->{goldens}[0]{status} } @{ $told->{folders} }),
    'front/one.html ok front/two.html differs', '... as JSON';
rename 'tree/two', 'tree/index';
my $named = sltrace(qw(figure tree --out front));
is $named->{status}, 2, 'a folder called as the front page';
like $named->{err}, qr/^sltrace: tree\/index: its page would have the name of the front page, index\.html$/m, '... is refused';
expect(sltrace(qw(figure tree/none --out front)), 'no golden anywhere', status => 2,
    err => "sltrace: tree/none: no golden is in this folder, nor in one in it\n");
done_testing;
