#!/usr/bin/perl
# Text that means something to the format it goes into, through every field that a
# manifest, a golden, a trace or a path can carry, into every output: parsers that are not
# ours must read one text where one was meant, and nothing of it may be run.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Encode qw(encode decode);
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Parse;
use TAP::Parser;
use Test::More;

binmode $_, ":utf8" for Test::More->builder->output, Test::More->builder->failure_output;
Parse::able() or plan skip_all => 'no python3 with yaml';
my $here = workdir();
my $gnuplot = grep { -x "$_/gnuplot" } split /:/, $ENV{PATH};

# ---- The strings ---------------------------------------------------------------------
my $todo = '#TO' . 'DO'; # as TAP has it
my @parts = ("=cmd|' /C calc'!A0", "$todo x", '# SKIP y', "\nok 99 - f\n1..7\nBail out! z\n", q{'"'\\},
    '<script>alert(1)</script>', ']]> --> &lt; <!--', "\e]0;t\a\e[2J", "\x{9b}31m", "\x{202e}\x{2028}",
    '$(touch PWN1) `touch PWN2`', "';system('touch PWN3');", '%n%s%d', '@x {/Symbol a}', '| a |',
    '- {a: b} : !!x', '::error::x');
my $all = join ' ', @parts;
my $text = $all =~ s/[\x00-\x1f]/ /gr; # no text of a manifest has a control of ASCII
# Of an axis of files: no slash, comma or equals sign either.
my $name = substr($text =~ s/['"]?\K[\/,=]//gr, 0, 150);
my $path = "\xff$todo \xc3\n'\"\\<b>\e[2J`touch PWN5`\$(touch PWN6) =%n| # SKIP ok";

# As YAML has it in double quotes.
sub quoted {
    my ($string) = @_;
    return '"' . join('', map {
        my $c = ord;
        $c < 0x20 || $c > 0x7e || /["\\]/ ? '\\U' . unpack('H8', pack 'N', $c) : $_;
    } split //, $string) . '"';
}

# A vicious one for each field, which a reader can tell from others.
sub evil { return quoted("$_[0] $text") }
sub plain { return "$_[0] $text" }

# ---- The files -----------------------------------------------------------------------
mkdir $path;
my $weights = pack 'd<32', map { $_ / 32 } 1 .. 32;
my @files = ("w1 $name", "\@w2 $todo");
spew("$path/" . encode('UTF-8', $_), $weights) for @files;
my $axis_values = join ', ', map { quoted($_) } @files;
my $sum = sha256_hex($weights);
my $levels = join ', ', map { "{value: " . ($_ + 0.5) . ", label: " . quoted($parts[$_] =~ s/[\x00-\x1f]/ /gr) . '}' }
    0 .. 14;
my $yaml = <<"YAML";
sltrace: 1
name: mine/vicious
cite: {paper: @{[evil('paper')]}, figure: @{[evil('number')]}, note: @{[evil('cited')]}}
sweep:
  file: [$axis_values]
  rank: [1, 2]
run:
  arithmetic: f64
  seed: 9007199254740993
  data: {kind: linear-teacher, samples: 40, inputs: 8, outputs: 4, rank: \$rank}
  model:
    weights:
      W: {shape: [4, 8], init: {kind: file, file: \$file, sha256: $sum, type: f64}}
    ops:
      - {op: linear, in: x, weight: W, out: y}
    loss: {op: mse, in: y}
  train: {optimizer: {kind: sgd, lr: 1e-3}, steps: 3, checkpoints: {every: 1, state: all}}
  llc:
    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 20}
pins:
  run.train: @{[evil('pinned')]}
figure:
  title: @{[evil('title')]}
  rows: {by: file, series: rank, value: llc/mean, error: none}
  theory:
    levels: [$levels]
  x_label: @{[evil('across')]}
  y_label: @{[evil('up')]}
  panels:
    - {rows: llc/mean, title: @{[evil('panel')]}, levels: [$levels]}
  claims:
    - {id: one, says: @{[evil('says')]}, value: status.done, expect: 5, tolerance: 0, basis: @{[evil('basis')]}, note: @{[evil('note')]}}
YAML
my $manifest = "$path/$path.yaml";
spew($manifest, $yaml);
spew($manifest, $yaml =~ s/, type: f64//r) if sltrace('show', $manifest)->{err} =~ /init\.type: unknown key/;

# ---- What outputs must be ------------------------------------------------------------
my $shown = qr/\A(?:[\x20-\x7e\n]|[\xc2-\xf4][\x80-\xbf]+)*\z/;

# No output holds a control, and nothing that was named was run.
sub calm {
    my ($got, $name, $status) = @_;
    is $got->{status}, $status // 0, "$name: exit status" or diag $got->{err};
    for my $stream (qw(out err)) {
        like $got->{$stream}, $shown, "$name: nothing but letters on std$stream";
        unlike $got->{$stream}, qr/\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]/, "$name: no C1, nothing that turns";
        unlike $got->{$stream}, qr/^(?:ok 99|1\.\.7$|Bail out! z|::error)/m, "$name: no line of its own";
    }
    like $got->{err}, qr/\A(?:(?:sltrace:| +line \d+: warning:) [^\n]*\n)*\z/, "$name: messages are lines of ours";
    ok !grep({ -e "$here/PWN$_" } 1 .. 9), "$name: nothing is run";
    return $got;
}

sub json {
    my ($name, $status, @command) = @_;
    my $got = calm(sltrace(@command, '--json'), $name, $status);
    return parsed('json', $got->{out}, $name) // {};
}

# A TAP document as TAP::Parser and a YAML reader have it.
sub tap {
    my ($text, $name, $tests, %want) = @_;
    my $parser = TAP::Parser->new({ tap => $text });
    my (@found, @blocks);
    while (my $result = $parser->next) {
        push @found, $result if $result->is_test;
        push @blocks, $result->raw =~ s/^  //gmr if $result->is_yaml;
        fail "$name: a line of TAP: " . $result->raw
            if $result->is_bailout || $result->is_unknown && $result->raw !~ /^    /;
    }
    is $parser->tests_planned // -1, $tests, "$name: the plan";
    is scalar @found, $tests, "$name: tests";
    is scalar(grep { $_->has_todo || $_->has_skip } @found), 0, "$name: no directive";
    is scalar(grep { !$_->is_actual_ok } @found), $want{bad} // 0, "$name: not ok";
    ok !$parser->parse_errors, "$name: no error of form" or diag $parser->parse_errors;
    ok ref parsed('yaml', $_, "$name: its block") eq 'HASH', "$name: a map" for @blocks;
    return @found;
}

# ---- Run, show, record ---------------------------------------------------------------
calm(sltrace('show', $manifest), 'show a manifest');
is json('show a manifest as JSON', 0, 'show', $manifest)->{manifest}, 'mine/vicious', 'its name';
calm(sltrace('run', $manifest, '--out', "$path/A"), 'run')->{status} and die 'no runs';
is json('run as JSON', 0, 'run', $manifest, '--out', "$path/A")->{kept}, 4, 'run, kept';
my @traces = map { "$path/A/traces/00000$_.trace" } 0 .. 3;
ok -e $_, 'a trace' for @traces;
parsed('json', slurp("$path/A/provenance/000000.json"), 'provenance');

calm(sltrace('show', $traces[0]), 'show a trace');
my $trace = json('a trace as JSON', 0, 'show', $traces[0]);
is $trace->{run}{model}{weights}[0]{init}{file}, $files[0],
    'a path in a trace is read back';
calm(sltrace('record', $manifest, '--from', "$path/A", '--golden', "$path/$path.golden"), 'record');
my $golden = "$path/$path.golden";
calm(sltrace('show', $golden), 'show a golden');
my $shown_golden = json('a golden as JSON', 0, 'show', $golden);
is $shown_golden->{runs}[0]{values}{file}, $files[0], 'an axis value in a golden is read back';
is json('record as JSON', 0, 'record', $manifest, '--from', "$path/A", '--golden', $golden, '--force', encode('UTF-8', $all))
    ->{reason} =~ s/\x{2028}|\x{202e}/./gr, $all =~ s/\x{2028}|\x{202e}/./gr,
    'a reason';

# ---- Verify --------------------------------------------------------------------------
my $verified = calm(sltrace('verify', $golden), 'verify');
tap($verified->{out}, "verify", scalar(() = $verified->{out} =~ m{^(?:not )?ok }mg));
my $both = calm(sltrace('verify', $golden, $golden, '--only', '0'), 'verify two');
tap($both->{out}, 'verify two', 2);
my $told = json('verify as JSON', 0, 'verify', $golden, '--only', 0);
cmp_ok scalar @{ $told->{goldens}[0]{tests} }, '>', 1, 'tests in JSON';
is json('a file that is not there', 2, 'verify', "$path/nowhere$path.golden")->{error}{exit}, 2, 'told';
spew("$path/other.yaml", slurp($manifest) =~ s/^(  seed: ).*/${1}3/mr);
my $other = calm(sltrace('verify', $golden, '--manifest', "$path/other.yaml"), 'another manifest', 1);
tap($other->{out}, 'another manifest', scalar(() = $other->{out} =~ /^(?:not )?ok /mg),
    bad => scalar(() = $other->{out} =~ /^not ok /mg));
my $cut = slurp($golden);
spew("$path/damaged$todo.golden", $cut =~ s/\n0 \S+/\n0 \xff\e[2J$todo/r);
my $damaged = calm(sltrace('verify', "$path/damaged$todo.golden"), 'a damaged golden', 2);
calm(sltrace('show', "$path/damaged$todo.golden"), 'show of it', 2);

# ---- Figures -------------------------------------------------------------------------
my $figure = calm(sltrace('figure', $manifest, '--from', "$path/A", '--out', "$path/F"), 'figure');
my $rows = parsed('csv', slurp("$path/F/vicious.csv"), 'figure data');
my @cells = map { $_->[1] } grep { $_->[1] =~ /w[12]/ } @$rows;
is_deeply [ sort keys %{ { map { s/^'(?=\@)//r =~ s/%([0-9A-F]{2})/chr hex $1/ger => 1 } @cells } } ],
    [ sort map { encode('UTF-8', $_) } @files ], 'axis values are cells';
ok !grep({ /^[=+@-](?![\d.])/ } map { @$_ } @$rows), 'no cell is a formula';
is sltrace('figure', $golden, '--out', "$path/G")->{status}, 0, 'of the golden';
is slurp("$path/G/vicious.csv"), slurp("$path/F/vicious.csv"), 'its cells are read back';
like slurp("$path/F/vicious.txt"), $shown, 'the report is letters';
my $told_figure = json('figure as JSON', 0, 'figure', $manifest, '--from', "$path/A", '--out', "$path/F");
is $told_figure->{claims}[0]{$_}, plain($_), "$_ in JSON" for qw(says basis note);
SKIP: {
    skip 'gnuplot is missing', 5 unless $gnuplot;
    my $svg = parsed('xml', slurp("$path/F/vicious.svg"), 'the picture');
    is scalar(grep { $_->[0] eq 'script' } @$svg), 0, 'no script is in the picture';
    my $said = join '', map { $_->[1] } @$svg;
    like $said, qr/\Q$_\E/, 'a word of the title is in it'
        for '%n%s%d', '@x {/Symbol a}', '`touch', '<script>alert(1)</script>';
}
# A figure without panels is drawn by another script.
spew("$path/alone.yaml", slurp($manifest) =~ s/^  panels:\n.*\n//mr =~ s/mine\/vicious/mine\/alone/r);
calm(sltrace('figure', "$path/alone.yaml", '--from', "$path/A", '--out', "$path/F"), 'a figure of rows alone');
parsed('xml', slurp("$path/F/alone.svg"), 'its picture') if $gnuplot;

mkdir "$path/goldens";
spew("$path/goldens/$_", slurp("$path/$_")) for "$path.yaml", "$path.golden", "$path.csv",
    map { encode('UTF-8', $_) } @files;
calm(sltrace('figure', "$path/goldens", '--from', "$path/A", '--out', "$path/P"), 'a page');
my $folder = json('a page as JSON', 0, 'figure', "$path/goldens", '--out', "$path/P");
is $folder->{goldens}[0]{claims}[0]{says}, plain('says'), 'with its claims';
my $page = parsed('html', slurp("$path/P/goldens.html"), 'the page');
my @kinds = sort keys %{ { map { $_->[0] => 1 } @{ $page // [] } } };
is scalar(grep { /^(?:script|iframe|object|embed|link|img|form|b)$/ } @kinds), 0, 'no element but ours';
is scalar(grep { grep { /^on/ } @{ $_->[2] } } @{ $page // [] }), 0, 'no handler';
my $spoken = join ' ', map { $_->[1] } @{ $page // [] };
like $spoken, qr/\Q$_ =cmd|' \/C calc'!A0 $todo x # SKIP y\E/, "$_ is in the page" for qw(says basis note pinned);

rename "$path/goldens", "$path/g$path";
calm(sltrace('figure', "$path/g$path", '--out', "$path/P"), 'a page of a folder with such a name');
my $named = parsed('html', slurp("$path/P/g$path.html"), 'that page');
like +(grep { $_->[0] eq 'title' } @{ $named // [] })[0][1], qr/<b>.*`touch PWN5`/s, 'whose title is text';

# ---- Tables of runs ------------------------------------------------------------------
for my $what ("$path/A", $golden, $traces[0]) {
    calm(sltrace('summary', $what), 'summary');
    json('summary as JSON', 0, 'summary', $what);
}
my $runs = parsed('csv', slurp($golden =~ s/golden$/runs.csv/r), 'the table of runs');
is scalar(grep { /^\S+\xef\xbf\xbd/ } map { @$_ } @$runs), 0, 'holds no path';
is sltrace('run', $manifest, '--only', 0, '--out', "$path/A1")->{status}, 0, 'one run elsewhere';
my $partly = calm(sltrace('record', $manifest, '--from', "$path/A1", '--golden', "$path/none.golden"), 'missing runs', 2);
calm(sltrace('verify', $golden, '--traces', "$path/A", '--only', 0), 'verify with traces');
calm(sltrace('verify', $golden, '--traces', "$path/A", '--segments'), 'verify in pieces');

# ---- Export, replay, audit -----------------------------------------------------------
my $exported = sltrace('export', $traces[0], '--csv', '-');
my $numbers = parsed('csv', $exported->{out}, 'exported numbers');
is scalar(grep { $_->[0] ne $numbers->[1][0] } @$numbers), 1, 'whose first column is one path';
rename $traces[0], "$path/A/traces/$path.trace";
my $renamed = sltrace('export', "$path/A/traces/$path.trace", '--csv', "$path/out.csv");
calm($renamed, 'export of a trace with such a name');
my $table = parsed('csv', slurp("$path/out.csv"), 'its numbers') // [];
calm(sltrace('export', "$path/A/traces/$path.trace", '--npy', "$path/npy"), 'export of arrays');
chdir $path;
calm(sltrace('replay', "A/traces/$path.trace"), 'replay');
calm(sltrace('replay', "A/traces/$path.trace", '--arithmetic', 'f32', '--out', 'R'), 'replay in f32');
calm(sltrace('replay', "A/traces/$path.trace", '--state', 1, '--npy', 'S'), 'a state');
chdir $here;
rename "$path/A/traces/$path.trace", $traces[0];
spew("$path/$path.trace", slurp($traces[0]));
calm(sltrace('audit', $traces[0], "$path/$path.trace", '--attest', "$path/attest.json"), 'audit');
my $statement = parsed('json', slurp("$path/attest.json") // '', 'the statement');
my $audited = json('audit as JSON', 0, 'audit', $traces[0], "$path/$path.trace");
is scalar @{ $audited->{traces} }, 2, 'both traces in JSON';
calm(sltrace('audit', $manifest, '--only', 0, '--against', 'f32', '--golden', $golden), 'audit --against', 1);
json('audit --against as JSON', 1, 'audit', $manifest, '--only', 0, '--against', 'f32');
my $csv = encode('UTF-8', $text) =~ s/"/""/gr;
spew("$path/$path.csv", qq(run,source,llc,mcse\n0,"$csv",1,1\n1,plain,2,\n));
my $judged = sltrace('audit', $golden, '--estimates', "$path/$path.csv", '--from', "$path/A");
calm($judged, 'audit --estimates', $judged->{status});
my $estimates = sltrace('audit', $golden, '--estimates', "$path/$path.csv", '--from', "$path/A", '--json');
parsed('json', $estimates->{out}, 'audit --estimates as JSON');

# ---- A golden of another's -----------------------------------------------------------
# Each field a word that means something, once as it is and once percent-encoded, the root
# made anew.
my $word = $all =~ s/[\x00-\x20\x7f-\x{ffff}]//gr =~ s{/}{}gr;
my $escaped = encode('UTF-8', $all) =~ s/([^!-~]|%(?=[0-9A-F]{2}))/'%' . uc unpack 'H2', $1/ger =~ s{/}{}gr;
sub rooted {
    my ($lines) = @_;
    my ($body, $claims) = $lines =~ /\A(.*\n)root sha256:\w+\n(.*)\z/s;
    return $body . 'root sha256:' . sha256_hex($body) . "\n$claims";
}
my $original = slurp($golden);
my @answers;
is rooted($original), $original, 'a golden as it is';
for my $field ([ 'name', qr/(?<=\nname )\S+/ ], [ 'manifest', qr/(?<=\nmanifest )\S+/ ], [ 'math', qr/(?<=\nmath )\w+/ ],
    [ 'an axis', qr/(?<=\ncolumns run )\S+/ ], [ 'a result', qr{llc/mean(?=\n)} ], [ 'a value', qr/(?<=\n0 )\S+/ ],
    [ 'a status', qr/ done / ], [ 'data', qr/(?<=\ndata )\S+/ ], [ 'a claim', qr/(?<=\nclaim )\S+/ ]) {
    my ($what, $where) = @$field;
    for my $as ($word, $escaped) {
        my $forged = rooted($original =~ s/$where/$where eq qr{ done } ? " $as " : $as/er);
        next if $forged eq $original;
        spew("$path/forged.golden", $forged);
        for my $command ([ 'show' ], [ 'verify', '--manifest', $manifest, '--only', 0 ], [ 'verify', '--only', 0 ],
            [ 'figure', '--out', "$path/forged" ], [ 'audit', '--estimates', $golden ], [ 'summary' ]) {
            my ($name, @options) = @$command;
            my $got = sltrace($name, @options, "$path/forged.golden");
            calm($got, "$name: $what", $got->{status});
            tap($got->{out}, "$name: $what", scalar(() = $got->{out} =~ /^(?:not )?ok /mg),
                bad => scalar(() = $got->{out} =~ /^not ok /mg)) if $name eq 'verify';
            my $json = sltrace($name, @options, '--json', "$path/forged.golden");
            is $json->{status}, $got->{status}, "$name: $what: the same status";
            spew('answer' . @answers, $json->{out});
            push @answers, [ 'json', 'answer' . @answers ];
        }
    }
}
ok $_->[0], 'JSON of a forged golden' or diag $_->[1] for read_as(@answers);
cmp_ok scalar @answers, '>', 60, 'forgeries';

# ---- What is refused -----------------------------------------------------------------
# [what, change of the manifest]: names are words, and a message is one line.
for my $bad ([ 'name', qr{mine/vicious} ], [ 'axis', qr{(?<=^  )rank(?=: \[)}m ], [ 'weight', qr{\bW(?=: \{)} ],
    [ 'op', qr{(?<=op: )linear} ], [ 'metric', qr{llc/mean} ], [ 'claim', qr{(?<=id: )one} ],
    [ 'expression', qr{status\.done} ], [ 'kind', qr{linear-teacher} ], [ 'number', qr{1e-3} ],
    [ 'title', qr{"title [^\n]*"} ], [ 'pin', qr{run\.train(?=:)} ], [ 'key', qr{(?<=  )seed(?=:)} ], [ 'hash', $sum ]) {
    my ($what, $where) = @$bad;
    my $evil = quoted("$what $all");
    my $changed = slurp($manifest) =~ s/$where/$evil/r;
    isnt $changed, slurp($manifest), "$what: changed";
    spew("$path/bad.yaml", $changed);
    my $got = calm(sltrace('show', "$path/bad.yaml"), "a vicious $what", 2);
    like $got->{err}, qr/\Asltrace: .{20}/, "$what: told";
    json("a vicious $what as JSON", 2, 'show', "$path/bad.yaml");
}
for my $command (qw(run verify replay record figure show summary export audit theory)) {
    my $got = calm(sltrace($command, "--$path"), "$command with a vicious option", 2);
    json("$command with a vicious operand", 2, $command, "$path/nowhere\e[2J\n$path");
}
{
    local $ENV{TMPDIR} = "$here/$path";
    local $ENV{SLTRACE_ISA} = $path;
    my $doctor = sltrace('doctor');
    calm($doctor, 'doctor', $doctor->{status});
}
calm(sltrace($path), 'a vicious command', 2);
calm(sltrace('doctor', '--isa', $path), 'a vicious instruction set', 2);
calm(sltrace('show', $manifest, '--quiet', '--', 'x'), 'too many', 2);
ok !grep({ -e } map { my $n = $_; map { "$_/PWN$n" } $here, "$here/$path" } 1 .. 9), 'nothing was run at all';
done_testing;
