#!/usr/bin/perl
# Bundles: a golden and what it takes to verify it in one file, the same bytes always, which
# verify takes in place of the golden, and of which it leaves nothing behind.
use strict;
use warnings;
no warnings 'qw';
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use File::Path qw(make_path);
use JSON::PP qw(decode_json);
use Test::More;

workdir();
mkdir $_ or die for 'manifests', 'tmp';
$ENV{TMPDIR} = 'tmp';
my $keys = "$root/tests/fault/inject/files";
spew('manifests/small.yaml', manifest() =~ s/count: 2/count: 1/r);
sltrace(qw(run manifests/small.yaml --out A --quiet));
is sltrace(qw(record manifests/small.yaml --from A --sign), "$keys/plain.key")->{status}, 0, 'a signed golden';
my @files = map { "golden/small.$_" } qw(csv golden golden.minisig runs.csv);
spew('golden/small.svg', "<svg/>\n");

# ---- The bytes

my $got = sltrace(qw(bundle golden/small.golden --out a.tar));
is $got->{status}, 0, 'bundle' or diag $got->{err};
my $bytes = slurp('a.tar');
is $got->{out}, join('', "a.tar: 5 files, ", length $bytes, " bytes\nsha256:", sha256_hex($bytes), "\n"),
    'how much it is, and its digest';
my $tar = 'tar --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644 -cf';
shell("LC_ALL=C $tar b.tar @files manifests/small.yaml");
is slurp('b.tar'), $bytes, 'what GNU tar makes of the files';
utime 1, 1, 'golden/small.csv';
chmod 0600, 'manifests/small.yaml';
mkdir 'elsewhere';
shell('cp -r golden manifests elsewhere');
expect(sltrace(qw(bundle elsewhere/golden/small.golden --out c.tar --json)), 'made elsewhere',
    out => qr/^\{"schema":"sltrace\.bundle\/1","bundle":"c\.tar","files":5,"bytes":10240,"sha256":"[0-9a-f]{64}"\}\n$/);
is slurp('c.tar'), $bytes, 'the same bytes';
is sltrace(qw(bundle golden/small.golden golden/small.svg))->{status}, 0, 'with a picture';
is shell('tar tf small.tar')->{out}, join('', map { "$_\n" } sort @files, 'golden/small.svg', 'manifests/small.yaml'),
    '... in its place';
expect(sltrace(qw(bundle golden/small.golden --out a.tar)), 'nothing is written over', status => 2,
    err => qr/^sltrace: a\.tar: .*exists already/);
expect(sltrace(qw(bundle golden/none.golden)), 'no golden', status => 2, err => qr/golden\/none\.golden: /);
expect(sltrace(qw(bundle golden/small.golden golden/none.svg --out d.tar)), 'no picture', status => 2,
    err => qr/golden\/none\.svg: /);
ok !-e 'd.tar', '... and no bundle';

# ---- Verifying

sub left { return join ' ', glob 'tmp/*' }
mkdir 'away';
my $whole = sltrace(qw(verify golden/small.golden));
is $whole->{status}, 0, 'the golden verifies';
$got = sltrace(qw(verify a.tar));
is $got->{status}, 0, 'and so does the bundle' or diag $got->{out}, $got->{err};
is $got->{out}, $whole->{out}, 'in the same words';
is left(), '', 'nothing is left';
$got = sltrace(qw(verify small.tar --public-key), "$keys/plain.pub", '--json');
is decode_json($got->{out})->{goldens}[0]{golden}, 'small.tar', 'a bundle is called by its name';
is decode_json($got->{out})->{goldens}[0]{signature}{key}, '27F5643E346A8B1D', '... and its golden signed';
is sltrace(qw(verify a.tar golden/small.golden small.tar --only 0))->{status}, 0, 'among goldens';

sub repack {
    my ($name, %changed) = @_;
    shell('rm -rf x; mkdir x; tar xf a.tar -C x');
    spew("x/$_", $changed{$_}->(slurp("x/$_"))) for keys %changed;
    shell("cd x && LC_ALL=C $tar ../$name \$(find . -type f -printf '%P\\n' | LC_ALL=C sort)");
    return sltrace('verify', $name, '--public-key', "$keys/plain.pub");
}
is repack('same.tar')->{status}, 0, 'packed again';
is slurp('same.tar'), $bytes, '... by GNU tar';
$got = repack('data.tar', 'golden/small.csv' => sub { $_[0] =~ s/1/2/r });
is $got->{status}, 1, 'other data';
like $got->{out}, qr/^not ok \d+ - .*figure data$/m, '... are told';
$got = repack('golden.tar', 'golden/small.golden' => sub { $_[0] =~ s/done/diverged/r });
is $got->{status}, 1, 'another golden';
like $got->{out}, qr/^not ok 1 - golden\.tar can be judged\n.*\n  verdict: refused\n.*forged/m, '... is forged';
$got = repack('outside.tar', 'manifests/small.yaml' => sub { $_[0] });
is $got->{status}, 0, 'untouched';
is left(), '', 'nothing is left of any';

# ---- What is no bundle

sub no_bundle {
    my ($name, $words, $path) = @_;
    my $got = sltrace('verify', $path);
    is $got->{status}, 2, "$name: refused";
    like $got->{out}, qr/^not ok 1 - \Q$path\E can be judged\n(?:.*\n)*.*$words/m, '... and told';
    is left(), '', '... with nothing left';
}
no_bundle('no file', 'none\.tar: ', 'none.tar');
spew('text.tar', "no archive\n");
no_bundle('text', 'byte 0: expected a file or the end', 'text.tar');
spew('cut.tar', substr $bytes, 0, 9000);
no_bundle('a part', 'text|byte \d+: ', 'cut.tar');
spew('more.tar', "$bytes\n");
no_bundle('more', 'zeros to the next multiple', 'more.tar');
shell("LC_ALL=C tar -cf gnu.tar @files manifests/small.yaml");
no_bundle('another flavour', 'byte 0: expected a file as sltrace bundle writes it', 'gnu.tar');
shell("cd golden && $tar ../none-in.tar small.csv");
no_bundle('no golden', 'expected a bundle of one golden, found 0', 'none-in.tar');
shell("cp golden/small.golden golden/other.golden; $tar two.tar golden/other.golden golden/small.golden");
no_bundle('two goldens', 'found 2', 'two.tar');
symlink '../../secret', 'golden/link.golden';
shell("$tar link.tar golden/link.golden");
no_bundle('a link', 'no link', 'link.tar');
shell("$tar out.tar -P --transform 's,^golden,../golden,' golden/small.golden");
no_bundle('a name that leads out', 'relative name', 'out.tar');
shell("cd golden && $tar ../alone.tar small.golden");
no_bundle('no manifest', 'leads out of', 'alone.tar');
for my $option ('--root .', '--allow-outside') {
    expect(sltrace('verify', split(/ /, $option), 'a.tar'), "verify $option", status => 2,
        err => qr/a bundle is a tree of its own/);
}

# ---- Signals

spew('manifests/long.yaml', slurp('manifests/small.yaml') =~ s/steps: 40/steps: 150000/r =~ s/mine\/small/mine\/long/r
    =~ s/every: 10/every: 50000/r);
is sltrace(qw(run manifests/long.yaml --out L --quiet --only 0))->{status}, 0, 'a longer run';
sltrace(qw(run manifests/long.yaml --out L --quiet));
is sltrace(qw(record manifests/long.yaml --from L))->{status}, 0, '... recorded';
is sltrace(qw(bundle golden/long.golden))->{status}, 0, '... and bundled';
for my $signal ("TERM", "INT", "PIPE") {
    my $child = fork // die;
    if (!$child) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec $sltrace, 'verify', 'long.tar' or die;
    }
    my $seen = 0;
    for (1 .. 3000) {
        ($seen) = glob "tmp/*/golden/long.golden" and last;
        select undef, undef, undef, .01;
    }
    kill $signal, $child;
    waitpid $child, 0;
    ok $seen, "$signal: it was unpacked";
    is left(), '', '... and nothing is left';
}
done_testing;
