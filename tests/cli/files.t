#!/usr/bin/perl
# Data from files: what NumPy writes becomes the same numbers in every arithmetic, a file is
# known by its SHA-256 wherever it lies, and no other file is taken for it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);
use List::Util qw(min);
use Test::More;

workdir();

sub npy {
    my ($descr, $shape, $data, $order) = @_;
    my $header = sprintf "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", $descr,
        $order // 'False', $shape;
    $header .= ' ' x ((64 - (10 + length($header) + 1) % 64) % 64) . "\n";
    return "\x93NUMPY\x01\x00" . pack('v', length $header) . $header . $data;
}

# Within 50 MB of memory.
my $sanitized = shell('ldd "$SLTRACE"')->{out} =~ /libasan|libtsan/;
my $bounded = $sanitized ? 'exec' : 'ulimit -d 51200; exec';
sub harmless {
    my ($what, $manifest) = @_;
    my $got = shell("$bounded \"\$SLTRACE\" run $manifest --out out-no --jobs 1 --quiet");
    is $got->{status}, 2, "$what: refused within bounds";
}

# Seconds of processor that ended children have taken.
sub times_of { my (undef, undef, $user, $system) = times; return $user + $system }

sub sha { return sha256_hex(slurp($_[0])) }

# A run that trains w [1, 3] on 4 samples for one step of plain descent.
sub write_manifest {
    my ($name, %with) = @_;
    my $x = $with{x} // sprintf '{file: x.npy, sha256: %s, width: 3%s}', sha('x.npy'), $with{more} // '';
    my $target = $with{target} // sprintf '{file: y.npy, sha256: %s, width: 1}', sha('y.npy');
    my $arithmetic = $with{arithmetic} // 'f64';
    my $samples = $with{samples} // 4;
    my $validation = $with{validation} ? "\n    validation: $with{validation}" : '';
    spew("$name.yaml", <<"YAML");
sltrace: 1
name: mine/$name
run:
  arithmetic: $arithmetic
  seed: 1
  data:
    kind: file
    samples: $samples
    x: $x
    target: $target$validation
  model:
    weights:
      w: {shape: [1, 3], init: {kind: zero}}
    ops:
      - {op: linear, in: x, weight: w, out: y}
    loss: {op: mse, in: y}
  train: {optimizer: {kind: sgd, lr: 1}, steps: 1, checkpoints: {at: [0], state: all}}
YAML
    return "$name.yaml";
}

# The loss at w = 0 and the weights after a step tell what the data were.
sub weights_of {
    my ($name) = @_;
    shell("rm -rf out-$name npy-$name");
    my $run = sltrace('run', "$name.yaml", '--out', "out-$name", '--quiet');
    return $run->{err} if $run->{status};
    sltrace('export', '--npy', "npy-$name", "out-$name/traces/000000.trace");
    my ($file) = glob "npy-$name/000000-step1-w*.npy";
    my $bytes = slurp($file);
    my $data = substr $bytes, 10 + unpack 'v', substr $bytes, 8, 2;
    return join ' ', $file =~ /\.frac48/ ? map { $_ / 2**48 } unpack 'q<3', $data
        : $bytes =~ /'<f4'/ ? unpack('f<3', $data) : unpack 'd<3', $data;
}

sub refused {
    my ($what, $words, $manifest, @more) = @_;
    shell('rm -rf out-no');
    my $got = sltrace('run', $manifest, '--out', 'out-no', '--quiet', @more);
    is $got->{status}, 2, "$what: refused";
    like $got->{err}, $words, '... saying why';
    ok !-e 'out-no/traces/000000.trace', '... before there is a trace';
}

# ---- Types and orders

my @numbers = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
my %types = ('|u1' => 'C*', '|i1' => 'c*', '<u2' => 'v*', '>u2' => 'n*', '<i2' => 's<*', '>i2' => 's>*',
    '<u4' => 'V*', '>i4' => 'l>*', '<i8' => 'q<*', '>u8' => 'Q>*', '<f4' => 'f<*', '>f4' => 'f>*',
    '<f8' => 'd<*', '>f8' => 'd>*', '|b1' => 'C*');
spew('y.npy', npy('<f8', '(4, 1)', pack 'd<4', 0.5, -1, 0.25, 2));
spew('x.npy', npy('<f8', '(4, 3)', pack 'd<12', @numbers));
write_manifest('plain');
my $plain = weights_of('plain');
like $plain, qr/^[\d.]+ [\d.]+ [\d.]+$/, 'a run on .npy files';
for my $type (sort keys %types) {
    spew('x.npy', npy($type, '(4, 3)', pack $types{$type}, @numbers));
    for my $arithmetic (qw(f32 f64 fixed)) {
        write_manifest('typed', arithmetic => $arithmetic);
        is weights_of('typed'), $plain, "x of $type in $arithmetic";
    }
}
spew('x.npy', npy('<f2', '(4, 3)', pack 'v12', 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700,
    0x4800, 0x4880, 0x4900, 0x4980, 0x4a00));
write_manifest('halves');
is weights_of('halves'), $plain, 'halves';
spew('x.npy', npy('<f8', '(4, 3)', pack('d<12', @numbers[0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]), 'True'));
write_manifest('columns');
is weights_of('columns'), $plain, 'column by column';
spew('x.npy', npy('<u2', '(4, 1, 3, 1)', pack 'v*', @numbers));
write_manifest('axes');
is weights_of('axes'), $plain, 'four axes: the first numbers the samples';
spew('y.npy', npy('<f8', '(4,)', pack 'd<4', 0.5, -1, 0.25, 2));
write_manifest('flat');
is weights_of('flat'), $plain, 'one axis: a number a sample';

# v scale + shift, rounded once; and rows from the middle of a file.
spew('x.npy', npy('<f8', '(4, 3)', pack 'd<12', map { ($_ - 0.5) / 0.25 } @numbers));
write_manifest('scaled', more => ', scale: 0.25, shift: 0.5');
is weights_of('scaled'), $plain, 'scale and shift';
spew('x.npy', npy('<f8', '(6, 3)', pack 'd<18', 9, 9, 9, @numbers, 7, 7, 7));
write_manifest('middle', more => ', first: 1');
is weights_of('middle'), $plain, 'rows from `first` on';

# ---- A file is known by its SHA-256

spew('x.npy', npy('<f8', '(4, 3)', pack 'd<12', @numbers));
my ($sx, $sy) = (sha('x.npy'), sha('y.npy'));
write_manifest('here');
weights_of('here');
mkdir 'data';
shell('cp x.npy data/renamed.bin; cp y.npy data/');
write_manifest('there', x => "{file: data/renamed.bin, sha256: $sx, width: 3}",
    target => "{file: data/y.npy, sha256: $sy, width: 1}");
weights_of('there');
is sha('out-there/traces/000000.trace'), sha('out-here/traces/000000.trace'),
    'the same file elsewhere: the same trace, to the byte';
unlike slurp('out-there/traces/000000.trace'), qr/renamed|data\//, '... which tells no path';
write_manifest('nowhere', x => "{sha256: $sx, width: 3}", target => "{sha256: $sy, width: 1}");
weights_of('nowhere');
is sha('out-nowhere/traces/000000.trace'), sha('out-here/traces/000000.trace'),
    'no path: whichever file has the SHA-256';
is sltrace(qw(run here.yaml --data data --out out-data --quiet))->{status}, 2,
    '--data says where files are: x.npy is not there';
shell('cp x.npy data/x.npy');
is sltrace(qw(run here.yaml --data data --out out-data --quiet))->{status}, 0, '... and now it is';

# ---- Replay and verify

my $trace = 'out-here/traces/000000.trace';
is sltrace('replay', $trace)->{status}, 0, 'a trace replays where its files are';
mkdir 'empty';
shell("cp $trace empty/t.trace");
my $lost = spawn([ 'sh', '-c', "cd empty && $sltrace replay t.trace" ]);
is $lost->{status}, 2, '... and not where they are not';
like $lost->{err}, qr/data\.x: \.: none of its files has SHA-256 $sx \(--data DIR says where/, '... naming the SHA-256';
is spawn([ 'sh', '-c', "cd empty && $sltrace replay t.trace --data ../data" ])->{status}, 0, '... but with --data';
is sltrace(qw(record here.yaml --from out-here --golden here.golden))->{status}, 0, 'record';
is sltrace(qw(verify here.golden))->{status}, 0, 'verify finds the files beside the manifest';
is sltrace(qw(replay --arithmetic f32 --out other), $trace)->{status}, 0, 'replayed in another arithmetic';
unlike slurp('other/000000-f32.yaml'), qr/file:/, '... by a manifest that names the files by SHA-256';

# ---- What is wrong

my $whole = slurp('x.npy');
substr(my $changed = $whole, -1, 1) ^= "\1";
spew('x.npy', $changed);
refused('one changed byte', qr/data\.x: \.\/x\.npy: expected SHA-256 $sx, found @{[ sha('x.npy') ]}/, 'here.yaml');
is sltrace(qw(verify here.golden))->{status}, 2, '... nor does verify take it';
my $show = sltrace('show', 'here.yaml');
is $show->{status}, 2, '... nor show';
like $show->{out}, qr/^file        data\.x: x\.npy: no run starts from it$/m, '... which tells it in the plan';
spew('x.npy', $whole);
like sltrace('show', 'here.yaml')->{out}, qr/^file        data\.x: x\.npy: \.npy of <f8, 4 x 3, its SHA-256 as given$/m,
    'show says what the file holds';
like sltrace('show', '--json', 'here.yaml')->{out}, qr/\{"data":"target","file":"y\.npy","sha256":"$sy","holds":"\.npy of <f8","status":"ok"\}/,
    '... in JSON too';
unlink 'x.npy';
refused('a missing file', qr/data\.x: \.\/x\.npy: .*No such file.*\(the file with SHA-256 $sx\)/, 'here.yaml');
spew('x.npy', $whole);
write_manifest('no', x => '{file: x.npy, width: 3}');
refused('no SHA-256', qr/no\.yaml:\d+:\d+: run\.data\.x: \.\/x\.npy: missing key 'sha256'; if this is the file that is meant, write sha256: $sx/, 'no.yaml');
write_manifest('no', x => '{width: 3}');
refused('neither', qr/run\.data\.x: missing key 'sha256'/, 'no.yaml');
write_manifest('no', x => "{file: x.npy, sha256: $sx}");
refused('no width', qr/run\.data\.x: expected one of width and tokens/, 'no.yaml');
write_manifest('no', x => "{file: x.npy, sha256: $sx, width: 2}");
spew('no.yaml', slurp('no.yaml') =~ s/\[1, 3\]/[1, 2]/r);
refused('another width', qr/data\.x: .*x\.npy: expected rows of 2 numbers, found \[4, 3\]/, 'no.yaml');
write_manifest('no', samples => 5);
refused('too few rows', qr/expected 5 samples from row 0 on, found \[4, 3\]/, 'no.yaml');
write_manifest('no', x => "{file: x.npy, sha256: $sx, width: 3, first: 4294967295}");
refused('rows behind the end', qr/expected 4 samples from row 4294967295 on/, 'no.yaml');
write_manifest('no', x => "{file: /etc/passwd, sha256: $sx, width: 3}");
refused('an absolute path', qr/an absolute path/, 'no.yaml');
write_manifest('no', x => "{file: ../../x.npy, sha256: $sx, width: 3}");
refused('a path that leads out', qr/leads out of/, 'no.yaml');
spew('x.npy', npy('<f8', '(4, 3)', pack 'd<12', @numbers[0 .. 10], 9**9**9));
write_manifest('no');
refused('infinity', qr/x\.npy: row 3, number 2: expected a number that fits into f64 once it is scaled, found inf/i, 'no.yaml');
spew('x.npy', npy('<f8', '(4, 3)', pack 'd<12', @numbers[0 .. 10], 1e39));
write_manifest('no', arithmetic => 'f32');
refused('too large for f32', qr/row 3, number 2: expected a number that fits into f32/, 'no.yaml');
write_manifest('no', arithmetic => 'fixed');
refused('... and for fixed', qr/expected a number that fits into fixed/, 'no.yaml');

# ---- Classes and tokens

sub classes {
    my ($labels, $type, $range, $more) = @_;
    spew('x.npy', $whole);
    spew('labels.npy', npy($type, '(4,)', $labels));
    my $text = slurp(write_manifest('classes',
        target => sprintf '{file: labels.npy, sha256: %s, classes: %d%s}', sha('labels.npy'), $range, $more // ''));
    $text =~ s/\[1, 3\]/[3, 3]/;
    $text =~ s/op: mse/op: cross-entropy/;
    spew('classes.yaml', $text);
    shell('rm -rf out-classes');
    return sltrace(qw(run classes.yaml --out out-classes --quiet));
}
my @states;
for ([ '<i8', 'q<4' ], [ '|u1', 'C4' ], [ '>f4', 'f>4' ]) {
    my ($type, $code) = @$_;
    is classes(pack($code, 0, 2, 1, 2), $type, 3)->{status}, 0, "classes of $type";
    sltrace(qw(export --csv classes.csv out-classes/traces/000000.trace));
    push @states, slurp('classes.csv');
}
is $_, $states[0], 'the same training' for @states[1, 2];
for ([ 'a class too many', '<i8', pack('q<4', 0, 2, 3, 2), qr/labels\.npy: row 2, number 0: expected a whole number from 0 to 2, found 3/ ],
    [ 'a negative class', '<i8', pack('q<4', 0, -1, 1, 2), qr/row 1, number 0: .* found -1/ ],
    [ 'half a class', '<f8', pack('d<4', 0, 0.5, 1, 2), qr/row 1, number 0: .* found 0\.5/ ],
    [ 'a huge class', '<u8', pack('Q<4', 0, 2**63, 1, 2), qr/row 1, number 0: .* found 9223372036854776000/ ]) {
    my ($what, $type, $labels, $words) = @$_;
    my $got = classes($labels, $type, 3);
    is $got->{status}, 2, $what;
    like $got->{err}, $words, '... named';
}
like classes(pack('q<4', 0, 2, 1, 2), '<i8', 3, ', scale: 2')->{err},
    qr/classes are whole numbers as they are: expected neither scale nor shift/, 'classes are not scaled';
write_manifest('no', x => "{file: x.npy, sha256: $sx, tokens: 9, names: [a, a, b]}");
refused('a name twice', qr/run\.data\.x: names: a is there twice/, 'no.yaml');
write_manifest('no', x => "{file: x.npy, sha256: $sx, width: 3, names: [a]}");
refused('names of numbers', qr/names: only with tokens/, 'no.yaml');

# ---- .npz, IDX

# A zip archive of entries [name, content, bytes that the content is said to have], stored.
sub crc { my $crc = 0xffffffff; for (unpack 'C*', $_[0]) { $crc ^= $_; $crc = $crc >> 1 ^ ($crc & 1 ? 0xedb88320 : 0) for 1 .. 8 } return $crc ^ 0xffffffff }
sub zip {
    my ($body, $list) = ('', '');
    for (@_) {
        my ($name, $content, $said) = @$_;
        my $facts = pack 'vvvvvVVVvv', 20, 0, 0, 0, 0, crc($content), length $content,
            $said // length $content, length $name, 0;
        $list .= "PK\1\2" . pack('v', 20) . $facts . pack('vvvVV', 0, 0, 0, 0, length $body) . $name;
        $body .= "PK\3\4" . $facts . $name . $content;
    }
    return $body . $list . "PK\5\6" . pack 'vvvvVVv', 0, 0, scalar @_, scalar @_, length $list, length $body, 0;
}
my $y = slurp('y.npy');
my $archive = zip([ 'x.npy', $whole ], [ 'labels/y.npy', $y ]);
sub of_npz {
    spew('both.npz', $_[0]);
    my $sum = sha('both.npz');
    return write_manifest('npz', x => "{file: both.npz, sha256: $sum, member: x, width: 3}",
        target => "{file: both.npz, sha256: $sum, member: labels/y, width: 1}");
}
of_npz($archive);
is weights_of('npz'), $plain, 'members of a .npz file';
like sltrace('show', 'npz.yaml')->{out}, qr/^file        data\.x: both\.npz: \.npz of <f8, 4 x 3/m, '... as show says';
is sltrace(qw(replay out-npz/traces/000000.trace))->{status}, 0, '... which replay finds';
substr(my $damaged = $archive, 200, 1) ^= "\1";
for my $case ([ 'a member that is not there', zip([ 'z.npy', $whole ]), qr/expected one member 'x\.npy', found 0; it has z\.npy/ ],
    [ 'a member twice', zip([ 'x.npy', $whole ], [ 'x.npy', $whole ]), qr/expected one member 'x\.npy', found 2|whole zip archive/ ],
    [ 'a damaged member', $damaged, qr/a damaged member|whole zip archive/ ],
    [ 'a size that is not so', zip([ 'x.npy', $whole, 4_294_967_290 ]), qr/both\.npz: / ],
    [ 'an archive that is cut', substr($archive, 0, -1), qr/expected a whole zip archive/ ],
    [ 'bytes behind it', "$archive\0", qr/both\.npz: / ],
    [ 'a member that is no array', zip([ 'x.npy', 'hello' ]), qr/expected the first bytes of a \.npy file/ ]) {
    my ($what, $bytes, $words) = @$case;
    of_npz($bytes);
    refused($what, $words, 'npz.yaml');
}
# 100 MB of zeros in 100 kB, by Python's zlib: packed tighter than what is taken.
SKIP: {
    skip 'no Python', 4 if shell('python3 -c "import zlib"')->{status};
    shell(q{python3 -c "import zipfile; z = zipfile.ZipFile('both.npz', 'w', zipfile.ZIP_DEFLATED); z.writestr('x.npy', bytes(100000000))"});
    my $sum = sha('both.npz');
    write_manifest('npz', x => "{file: both.npz, sha256: $sum, member: x, width: 3}");
    harmless('a zip bomb', 'npz.yaml');
    refused('a zip bomb', qr/expected a member of at most \d+ bytes, 100 times those of the archive/, 'npz.yaml');
}
write_manifest('no', x => "{file: x.npy, sha256: $sx, member: x, width: 3}");
spew('x.npy', $whole);
refused('a member of a .npy file', qr/it has one array, which has no name/, 'no.yaml');
spew('x.npy', pack('C4N2', 0, 0, 8, 2, 4, 3) . pack 'C*', @numbers);
write_manifest('idx');
is weights_of('idx'), $plain, 'IDX of bytes';
spew('x.npy', pack('C4N2', 0, 0, 14, 2, 4, 3) . pack 'd>*', @numbers);
write_manifest('idx');
is weights_of('idx'), $plain, 'IDX of doubles';
spew('x.npy', pack('C4N2', 0, 0, 14, 2, 4, 3) . pack 'd>*', @numbers, 13);
write_manifest('no');
refused('IDX with bytes behind', qr/expected 12 elements of 8 bytes behind the IDX header, found 104/, 'no.yaml');

# ---- Estimates on the samples for validation

# What a chain records, without its estimate's number.  The samples for validation are other
# data, too, by the name `more`.
sub with_chains {
    my ($name, $validation, @more) = @_;
    my ($samples, $first) = @$validation;
    my $of = '{samples: %d, x: {file: v.npy, sha256: %s, first: %d}, target: {file: y.npy, sha256: %s, first: %d}}';
    write_manifest($name, validation => sprintf $of, $samples, sha('v.npy'), $first, sha('y.npy'), $first);
    my @llc = map { "    - {at: last, lr: 1e-2, localization: 1, num_chains: 2, num_draws: 9, $_}\n" } @more;
    my $other = sprintf "  other_data:\n    more: {kind: file, samples: %d, x: {file: v.npy, sha256: %s, width: 3, "
        . "first: %d}, target: {file: y.npy, sha256: %s, width: 1, first: %d}}\n",
        $samples, sha('v.npy'), $first, sha('y.npy'), $first;
    spew("$name.yaml", slurp("$name.yaml") . join '', "  llc:\n", @llc, $other);
    return;
}
sub chains_of {
    my ($name) = @_;
    shell("rm -rf out-$name");
    with_chains(@_);
    is sltrace('run', "$name.yaml", '--out', "out-$name", '--quiet')->{status}, 0, "$name: run" or return;
    my $shown = decode_json(sltrace('show', "out-$name/traces/000000.trace", '--json')->{out});
    return map { my $r = $_; join ' ', map { $_ => $r->{$_} } qw(nbeta init_loss weights) } grep { $_->{kind} eq 'chain' } $shown->{records}->@*;
}
spew('x.npy', $whole);
spew('v.npy', $whole);
for my $batch ('batch: full', 'batch: {size: 3, order: epochs}, loss: full', 'batch: {size: 2, order: replacement}, init_loss: batches') {
    my @of_training = chains_of('train', [ 4, 0 ], $batch);
    is scalar(grep { /\d/ } @of_training), 2, "$batch: two chains";
    is_deeply [ chains_of('same', [ 4, 0 ], "$batch, loss_on: validation") ], \@of_training,
        '... on the same samples for validation they are the same';
    is_deeply [ chains_of('same', [ 4, 0 ], "$batch, loss_on: {data: more}") ], \@of_training,
        '... and as other data';
    my @others = chains_of('others', [ 3, 1 ], "$batch, loss_on: validation");
    is_deeply [ chains_of('more', [ 3, 1 ], "$batch, loss_on: {data: more}") ], \@others,
        '... as on others as other data';
    isnt $others[0], $of_training[0], '... on others they are others';
    like $others[0], qr/^nbeta 2\.7307/, '... whose number is in nbeta';
}
my $listed = sltrace('show', 'more.yaml', '--json');
is join(' ', map { $_->{data} } decode_json($listed->{out})->{files}->@*),
    'x target validation.x validation.target other_data.more.x other_data.more.target', 'files of other data are listed';
like sltrace('show', 'more.yaml')->{out}, qr/^file +other_data\.more\.x: v\.npy: .* 3 x 3, its SHA-256 as given$/m, '... in words';
spew('no.yaml', slurp('more.yaml') =~ s/(more: .*?sha256: )\w+/$1 . '0' x 64/er);
refused('other data of another hash', qr/^sltrace: other_data\.more\.x: \.\/v\.npy: expected SHA-256 0+,/m, 'no.yaml');
spew('no.yaml', slurp('more.yaml') =~ s/(more: .*?), sha256: \w+/$1/r);
refused('of none', qr/^sltrace: no\.yaml:\d+:\d+: run\.other_data\.more\.x\b/m, 'no.yaml');
spew('no.yaml', slurp('more.yaml') =~ s/(more: .*?samples:) 3/$1 9/r);
refused('of fewer samples', qr/^sltrace: other_data\.more\.x: \.\/v\.npy: expected 9 samples from row 1 on,/m, 'no.yaml');
is sltrace('export', 'out-more/traces/000000.trace', '--npy', 'inputs', '--inputs', 9)->{status}, 0, 'inputs of other data';
my ($like) = glob 'inputs/*-validation-x.npy';
my ($other) = glob 'inputs/*-other.more-x.npy';
is slurp($other), slurp($like), '... with these data';
shell('rm -r inputs');
spew('v.npy', npy('<f8', '(4, 3)', pack 'd<*', map { 2 * $_ } @numbers));
isnt((chains_of('twice', [ 4, 0 ], 'batch: full, loss_on: validation'))[0], (chains_of('plain', [ 4, 0 ], 'batch: full'))[0],
    'other numbers, too');
is sltrace('export', 'out-others/traces/000000.trace', '--npy', 'inputs', '--inputs', 9)->{status}, 0, 'its inputs';
my $rows = (glob 'inputs/*llc0-chain0-batches.npy')[0];
my @rows = unpack 'l<*', (split /\n/, slurp($rows), 2)[1];
is join(' ', sort { $a <=> $b } keys %{ { map { $_ => 1 } @rows } }), '0 1 2', '... batches of three samples';

# ---- Files made to harm

for my $case ([ 'a shape of 2^120', npy('<f8', '(18446744073709551616, 18446744073709551616)', '') ],
    [ 'a shape that wraps', npy('<f8', '(4294967296, 4294967296, 4)', 'x' x 96) ],
    [ 'a negative shape', npy('<f8', '(-4, -3)', 'x' x 96) ],
    [ 'cut short', substr $whole, 0, -1 ], [ 'bytes behind', "$whole\0" ], [ 'nothing', '' ],
    [ 'a pickle', npy('|O', '(4, 3)', 'cos\nsystem\n') ], [ 'no array', 'hello' ],
    [ 'a header of 4 GB', "\x93NUMPY\x02\x00\xff\xff\xff\xff" . 'x' x 100 ]) {
    my ($what, $bytes) = @$case;
    spew('x.npy', $bytes);
    write_manifest('no');
    refused($what, qr/data\.x: .*x\.npy: /, 'no.yaml');
    harmless($what, 'no.yaml');
}
shell('rm -rf out-no');
for my $header ('[' x 1_000_000, '{"a":' x 100_000, '[' . '0,' x 500_000 . '0]', '{"a":{"dtype":"F64","shape":[' . '9,' x 200_000 . '9],"data_offsets":[0,1]}}',
    '{' . join(',', map { qq("$_":{}) } 1 .. 90_000) . '}',
    '{' . join(',', map { qq("$_":{) . ' ' x 32 . '}' } 1 .. 20_000) . '}', '{"a":"' . 'x' x 1_000_000 . '"}') {
    spew('m.safetensors', pack('Q<', length $header) . $header);
    write_manifest('no', x => sprintf '{file: m.safetensors, sha256: %s, member: a, width: 3}', sha('m.safetensors'));
    my @times;
    for (1 .. 3) {
        my $begin = times_of();
        refused('a header of ' . substr($header, 0, 12), qr/data\.x: .*m\.safetensors: /, 'no.yaml');
        push @times, times_of() - $begin;
        last if $times[-1] < 0.1;
    }
    SKIP: {
        skip 'its time says nothing', 1 if $sanitized || $ENV{SLT_UNTIMED};
        cmp_ok min(@times), '<', 0.1, '... in less than 100 ms of processor';
    }
    harmless(substr($header, 0, 12), 'no.yaml');
}
done_testing;
