#!/usr/bin/perl
# Weights that start from files: what NumPy writes, what export writes, raw elements of a
# stated type; and nothing that only happens to have the right size.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use Test::More;

workdir();

sub npy {
    my ($descr, $shape, $data, $order) = @_;
    my $header = sprintf "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", $descr,
        $order // 'False', $shape;
    $header .= ' ' x ((64 - (10 + length($header) + 1) % 64) % 64) . "\n";
    return "\x93NUMPY\x01\x00" . pack('v', length $header) . $header . $data;
}

# A run of one 2 x 3 weight that starts from the file.
sub write_manifest {
    my ($name, $arithmetic, $file, $more) = @_;
    my $sha = sha256_hex(slurp($file));
    $more = $more ? ", $more" : '';
    spew("$name.yaml", <<"YAML");
sltrace: 1
name: mine/$name
run:
  arithmetic: $arithmetic
  seed: 1
  data: {kind: linear-teacher, samples: 8, inputs: 3, outputs: 2, rank: 1}
  model:
    weights:
      W: {shape: [2, 3], init: {kind: file, file: "$file", sha256: $sha$more}}
    ops:
      - {op: linear, in: x, weight: W, out: y}
    loss: {op: mse, in: y}
  train: {optimizer: {kind: sgd, lr: 1e-3}, steps: 2, checkpoints: {at: [0], state: all}}
YAML
    return "$name.yaml";
}

# The start of a run as export gives it: elements as doubles.
sub start_of {
    my ($name) = @_;
    my $run = sltrace('run', "$name.yaml", '--out', "out-$name", '--quiet');
    return $run->{err} if $run->{status};
    sltrace('export', '--npy', "npy-$name", "out-$name/traces/000000.trace");
    my ($file) = glob "npy-$name/000000-step0-W*.npy";
    my $bytes = slurp($file);
    my $head = 10 + unpack 'v', substr $bytes, 8, 2;
    my $data = substr $bytes, $head;
    return join ' ', $file =~ /\.frac48/ ? map { $_ / 2**48 } unpack 'q<6', $data
        : substr($bytes, 10, $head) =~ /<f4/ ? unpack('f<6', $data)
        : unpack 'd<6', $data;
}

my @numbers = (1, -2.5, 0.125, 3, -0.75, 1024);
my $numbers = "@numbers";
my %files = (
    'f4.npy' => npy('<f4', '(2, 3)', pack 'f<6', @numbers),
    'big.npy' => npy('>f8', '(2, 3)', pack 'd>6', @numbers),
    'f2.npy' => npy('<f2', '(2, 3)', pack 'v6', 0x3c00, 0xc100, 0x3000, 0x4200, 0xba00, 0x6400),
    'columns.npy' => npy('<f8', '(2, 3)', pack('d<6', @numbers[0, 3, 1, 4, 2, 5]), 'True'),
    'i8.frac48.npy' => npy('<i8', '(2, 3)', pack 'q<6', map { $_ * 2**48 } @numbers),
    'a.raw32' => pack('f<6', @numbers),
    'a.raw64' => pack('d<6', @numbers),
    'a.fixed' => pack('q<7', 48, map { $_ * 2**48 } @numbers),
    'bare' => pack('f<6', @numbers),
);
spew($_, $files{$_}) for keys %files;
for my $file (sort grep { $_ ne 'bare' } keys %files) {
    for my $arithmetic (qw(f32 f64 fixed)) {
        my $name = "$file-$arithmetic" =~ s/\W/-/gr;
        write_manifest($name, $arithmetic, $file);
        is(start_of($name), $numbers, "$file starts a run in $arithmetic");
    }
}

# Round trip: what export writes starts a run in the same bits.
for my $arithmetic (qw(f32 f64 fixed)) {
    my ($made) = glob "npy-a-raw64-$arithmetic/000000-step2-W*.npy";
    my ($file) = $made =~ m{([^/]*)$};
    spew($file, slurp($made));
    my $name = "again-$arithmetic";
    write_manifest($name, $arithmetic, $file);
    sltrace('run', "$name.yaml", '--out', "out-$name", '--quiet');
    sltrace('export', '--npy', "npy-$name", "out-$name/traces/000000.trace");
    my ($again) = glob "npy-$name/000000-step0-W*.npy";
    is(sha256_hex(slurp($again)), sha256_hex(slurp($made)), "export --npy in $arithmetic read back");
}

# Raw elements: their type is stated, by the manifest or the name, and never guessed.
sub refused {
    my ($what, $words) = @_;
    my $run = sltrace('run', 'no.yaml', '--out', 'out-no', '--quiet');
    is($run->{status}, 2, "$what: refused");
    like($run->{err}, $words, '... saying why');
}
write_manifest('typed', 'f64', 'bare', 'type: f32');
is(start_of('typed'), $numbers, 'raw elements of a stated type');
for my $arithmetic (qw(f32 fixed)) {
    is(sltrace('replay', 'out-typed/traces/000000.trace', '--arithmetic', $arithmetic, '--out',
            "again-$arithmetic")->{status}, 0, "... replayed in $arithmetic");
    my ($made) = glob "again-$arithmetic/*.yaml";
    like(slurp($made), qr/type: $arithmetic/, '... by a manifest that states the new type');
    like(sltrace('show', $made)->{out}, qr/: raw $arithmetic, 2 x 3, /, '... of the new file');
}
write_manifest('own', 'f32', 'bare');
is(start_of('own'), $numbers, "raw elements of the run's own type");
write_manifest('no', 'f64', 'bare');
refused('a size that fits another type', qr/expected 48 bytes \(2 x 3 of f64\), found 24; if these are numbers of f32, say `type: f32`/);
write_manifest('no', 'f32', 'f4.npy', 'type: f32');
refused('a .npy file with a type', qr/such a file says its type itself: leave `type` out/);
write_manifest('no', 'f32', 'a.raw64', 'type: f32');
refused('another size than stated', qr/expected 24 bytes .* found 48; if these are numbers of f64/);

# 256 bytes are 4 x 8 numbers of f64, and a header with as many of f4.
my @more = map { $_ / 8 } -16 .. 15;
spew('f4-48.npy', npy('<f4', '(4, 8)', pack 'f<32', @more));
write_manifest('wide', 'f64', 'f4-48.npy');
spew('wide.yaml', slurp('wide.yaml') =~ s/\[2, 3\]/[4, 8]/r =~ s/inputs: 3, outputs: 2/inputs: 8, outputs: 4/r);
sltrace(qw(run wide.yaml --out out-wide --quiet));
sltrace(qw(export --npy npy-wide out-wide/traces/000000.trace));
is(join(' ', unpack 'd<32', substr slurp('npy-wide/000000-step0-W.npy'), 128), "@more",
    'f4 of NumPy in f64, in as many bytes as raw f64');

# A header is no weight: these have 48 bytes in all, as 2 x 3 numbers of f64 have.
spew('chance.raw64', substr(npy('<f4', '(2, 3)', pack 'f<6', @numbers), 0, 48));
write_manifest('no', 'f64', 'chance.raw64');
refused('a cut header of 48 bytes', qr/chance\.raw64: byte 8: expected a \.npy header within the file/);
my @bad = (
    ['shape.npy', npy('<f4', '(3, 2)', pack 'f<6', @numbers), qr/expected the shape \[2, 3\], found \[3, 2\]/],
    ['flat.npy', npy('<f4', '(6,)', pack 'f<6', @numbers), qr/expected the shape \[2, 3\], found \[6\]/],
    ['i8.npy', npy('<i8', '(2, 3)', pack 'q<6', 1 .. 6), qr/expected a name that ends in \.fracF\.npy/],
    ['i8.frac40.npy', npy('<i8', '(2, 3)', pack 'q<6', 1 .. 6), qr/expected 48 fractional bits, found 40/],
    ['u1.npy', npy('|u1', '(2, 3)', pack 'C6', 1 .. 6), qr/expected elements of type f2, f4, f8 or i8, found \|u1/],
    ['nan.npy', npy('<f2', '(2, 3)', pack 'v6', 0x7e00, 0, 0, 0, 0, 0), qr/expected finite numbers/],
    ['short.npy', npy('<f4', '(2, 3)', pack 'f<5', @numbers), qr/expected 6 elements of 4 bytes behind the \.npy header, found 20/],
);
for (@bad) {
    my ($file, $bytes, $words) = @$_;
    spew($file, $bytes);
    write_manifest('no', 'f32', $file);
    refused($file, $words);
}

# ---- safetensors: a name, a type, and axes in another order.

sub safetensors {
    my ($header, $data, $at) = ('', '', 0);
    for (@_) {
        my ($name, $dtype, $shape, $bytes) = @$_;
        $header .= sprintf '%s"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}',
            length $header ? ',' : '', $name, $dtype, $shape, $at, $at + length $bytes;
        $data .= $bytes;
        $at += length $bytes;
    }
    return pack('Q<', 2 + length $header) . "{$header}" . $data;
}
my @turned = @numbers[0, 3, 1, 4, 2, 5];
my @halves = map { { 1 => 0x3c00, -2.5 => 0xc100, 0.125 => 0x3000, 3 => 0x4200, -0.75 => 0xba00, 1024 => 0x6400 }->{$_} } @numbers;
spew('m.safetensors', safetensors(
    [ 'h.0.W', 'F16', '2,3', pack 'v6', @halves ],
    [ 'h.0.single', 'F32', '2,3', pack 'f<6', @numbers ],
    [ 'h.0.double', 'F64', '2,3', pack 'd<6', @numbers ],
    [ 'h.0.brain', 'BF16', '2,3', join '', map { substr pack('f<', $_), 2 } @numbers ],
    [ 'h.0.turned', 'F32', '3,2', pack 'f<6', @turned ],
    [ 'h.0.heads', 'F64', '1,3,2', pack 'd<6', @turned ],
    [ 'h.0.last', 'F64', '3,1,2', pack 'd<6', @turned ],
    [ 'h.0.plain', 'F64', '1,2,3', pack 'd<6', @numbers ],
    [ 'h.0.whole', 'I32', '2,3', pack 'l<6', 1 .. 6 ],
    [ 'h.0.nan', 'BF16', '2,3', pack 'v6', 0, 0, 0x7fc0, 0, 0, 0 ]));
my %taken = (W => '', single => '', double => '', brain => '', plain => '', turned => ', transpose: true',
    'turned ' => ', permute: [1, 0]', heads => ', permute: [0, 2, 1]', last => ', permute: [2, 1, 0]');
for my $tensor (sort keys %taken) {
    for my $arithmetic (qw(f32 f64 fixed)) {
        write_manifest('tensor', $arithmetic, 'm.safetensors', "tensor: h.0.@{[ $tensor =~ s/ //r ]}$taken{$tensor}");
        shell('rm -rf out-tensor npy-tensor');
        is start_of('tensor'), $numbers, "tensor $tensor$taken{$tensor} in $arithmetic";
    }
}
is sltrace(qw(replay out-tensor/traces/000000.trace))->{status}, 0, 'its trace replays';
is sltrace(qw(replay out-tensor/traces/000000.trace --arithmetic f32 --out tensor-f32))->{status}, 0, '... in f32 too';
unlike slurp('tensor-f32/000000-f32.yaml'), qr/tensor: |permute/, '... by raw elements of its own';
shell('mkdir elsewhere; mv m.safetensors elsewhere');
is sltrace(qw(replay out-tensor/traces/000000.trace))->{status}, 2, 'not without its file';
is sltrace(qw(replay out-tensor/traces/000000.trace --data elsewhere))->{status}, 0, '... but with --data';
shell('mv elsewhere/m.safetensors .');
for my $case ([ 'h.0.turned', qr/expected the shape \[2, 3\], found \[3, 2\]/ ],
    [ 'h.0.W, transpose: true', qr/expected the shape \[2, 3\] once its axes are moved, found \[2, 3\]/ ],
    [ 'h.0.plain, permute: [1, 0, 2]', undef ],
    [ 'h.0.heads, permute: [1, 0]', qr/expected 2 axes to permute, found the shape \[1, 3, 2\]/ ],
    [ 'h.0.heads, permute: [0, 1, 1]', qr/permute: expected each axis from 0 to 2 once/ ],
    [ 'h.0.heads, permute: [0, 2, 3]', qr/permute: expected each axis from 0 to 2 once/ ],
    [ 'h.0.turned, permute: [1, 0], transpose: true', qr/expected one of permute and transpose/ ],
    [ 'h.0.whole', qr/expected elements of type f2, f4, f8 or i8, found I32/ ],
    [ 'h.0.nan', qr/element 2: expected finite numbers/ ],
    [ 'h.0.w', qr/no tensor 'h\.0\.w'; it has h\.0\.W, h\.0\.single/ ],
    [ 'h.0.W, type: f32', qr/such a file says its type itself/ ]) {
    my ($tensor, $words) = @$case;
    write_manifest('no', 'f32', 'm.safetensors', "tensor: $tensor");
    shell('rm -rf out-no');
    $words ? refused("tensor $tensor", $words)
        : is(sltrace(qw(run no.yaml --out out-no --quiet))->{status}, 0, "tensor $tensor: the same numbers");
}
write_manifest('no', 'f32', 'a.raw32', 'transpose: true');
refused('raw elements that are moved', qr/raw elements have no axes to move/);
spew('t.npy', npy('<f4', '(3, 2)', pack 'f<6', @turned));
write_manifest('npy-turned', 'f64', 't.npy', 'transpose: true');
is start_of('npy-turned'), $numbers, 'a .npy file, transposed';

# A manifest's part of such a file, and such a file of a trace.
my $new = sltrace(qw(new --from m.safetensors));
is $new->{status}, 0, 'new --from';
my $sum = sha256_hex(slurp('m.safetensors'));
like $new->{out}, qr/^run:\n  model:\n    weights:\n      h\.0\.W:\n        shape: \[2, 3\]\n        init: \{kind: file, file: m\.safetensors, sha256: $sum, tensor: h\.0\.W\}\n/m, 'a weight for each tensor, by its name';
like $new->{out}, qr/^      h\.0\.heads:\n        shape: \[1, 3, 2\]$/m, 'of its axes';
like $new->{out}, qr/^      # not a weight, of type I32: h\.0\.whole$/m, 'whole numbers are none';
mkdir 'sub';
is sltrace(qw(new --from m.safetensors sub/part.yaml))->{status}, 2, 'not where a manifest could not name it';
shell('cp m.safetensors sub/');
is sltrace(qw(new --from sub/m.safetensors sub/part.yaml))->{status}, 0, 'but beside it';
like slurp('sub/part.yaml'), qr/file: m\.safetensors,/, '... by its name there';
spew('bad.safetensors', 'x' x 100);
like sltrace(qw(new --from bad.safetensors))->{err}, qr/bad\.safetensors: byte 0: expected a safetensors header of at most/, 'no such file';
my @named = (['a-b', 'a_b_0'], ['a.b', 'a.b'], ['a_b', 'a_b'], ['a/b', 'a_b_3'], ['a_b_5', 'a_b_5'], ['a+b', 'a_b_6'],
    ['0.weight', '_0.weight'], ['2.weight', '_2.weight'], ['.x', '_.x_8'], ['_.x', '_.x'],
    ['x' x 63, 'x' x 63], ['y' . 'x' x 63, 'x' x 60 . '_11'], ['1' . 'z' x 62, '_' . 'z' x 62], ['w2' . 'z' x 62, '_' . 'z' x 59 . '_13']);
spew('names.safetensors', safetensors(map { [ $_->[0], 'F32', '1', pack 'f<', 1 ] } @named));
my $names = sltrace(qw(new --from names.safetensors))->{out};
is join(' ', $names =~ /^      (\S+):$/mg), join(' ', map { $_->[1] } @named),
    'names that may stand do; others are told apart, and cut in front';
for my $arithmetic (qw(f32 f64 fixed)) {
    shell('rm -rf saved');
    is sltrace('export', '--safetensors', 'saved', "out-a-raw64-$arithmetic/traces/000000.trace")->{out},
        "2 files written from 1 trace\n", "export --safetensors in $arithmetic";
    shell('cp saved/000000-step2.safetensors saved.safetensors; rm -rf out-back npy-back');
    write_manifest('back', $arithmetic, 'saved.safetensors', 'tensor: W');
    sltrace('run', 'back.yaml', '--out', 'out-back', '--quiet');
    sltrace('export', '--npy', 'npy-back', 'out-back/traces/000000.trace');
    my ($now) = glob 'npy-back/000000-step0-W*.npy';
    my ($then) = glob "npy-a-raw64-$arithmetic/000000-step2-W*.npy";
    # A number of fixed point may have more than 53 bits.
    $arithmetic eq 'fixed' ? is(join(' ', map { $_ / 2**48 } unpack 'q<6', substr slurp($now), -48), join(' ', map { $_ / 2**48 } unpack 'q<6', substr slurp($then), -48), '... and back, the nearest')
        : is(sha256_hex(slurp($now)), sha256_hex(slurp($then)), '... and back, bit for bit');
}
is sltrace(qw(export --safetensors saved out-a-raw64-f32/traces/000000.trace))->{status}, 2, 'nothing is overwritten';
is sltrace(qw(export --safetensors - out-a-raw64-f32/traces/000000.trace))->{status}, 2, 'nor written to standard output';

# show looks at the files.
write_manifest('shown', 'f64', 'f4.npy');
my $show = sltrace('show', 'shown.yaml');
is($show->{status}, 0, 'show a manifest with a file');
like($show->{out}, qr/^file        W: f4\.npy: \.npy of <f4, 2 x 3, its SHA-256 as given$/m, '... says what it holds');
write_manifest('shown', 'f64', 'a.raw32');
like(sltrace('show', 'shown.yaml')->{out}, qr/^file        W: a\.raw32: raw f32, 2 x 3, /m, '... raw elements too');
spew('a.raw32', pack 'f<6', reverse @numbers);
$show = sltrace('show', 'shown.yaml');
is($show->{status}, 2, 'another file than its SHA-256: exit status 2');
like($show->{out}, qr/^file        W: a\.raw32: no run starts from it$/m, '... told in the plan');
like($show->{err}, qr/a\.raw32: expected SHA-256 [0-9a-f]{64}, found /, '... and why');
like(sltrace('show', '--json', 'shown.yaml')->{out}, qr/"files":\[\{"weight":"W","file":"a\.raw32","sha256":"[0-9a-f]{64}","holds":"","status":"malformed input"\}\]/, '... and in JSON');

# A number that the run's type does not hold: show says of the file what run does.
spew('large.raw64', pack 'd<6', 1, 2, 3, 1e300, 5, 6);
for my $type (qw(f32 fixed)) {
    my $manifest = write_manifest("large-$type", $type, 'large.raw64', 'type: f64');
    for my $command ([ 'show', $manifest ], [ 'run', $manifest, '--out', "out-large-$type" ]) {
        my $got = sltrace(@$command);
        is $got->{status}, 2, "$command->[0]: a number too large for $type";
        like $got->{err} . $got->{out}, qr/large\.raw64: element 3, 1e\+?300, does not fit into $type/, '... is named';
    }
}
is sltrace('show', write_manifest('large-f64', 'f64', 'large.raw64'))->{status}, 0, 'and it fits into f64';
done_testing();
