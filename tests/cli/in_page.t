#!/usr/bin/perl
# sltrace figure --verify-in-page: what such a page holds.  What it does, tests/browser tries.
use strict;
use warnings;
use Digest::SHA qw(sha256_base64 sha256_hex);
use FindBin;
use lib $FindBin::Bin;
use Cli;
use MIME::Base64;
use Test::More;

workdir();
my %run = (fixed => 'fixed', 'f32-fixed' => 'fixed', f32 => 'f32', lone => 'f64');
mkdir $_ for qw(goldens share);
for my $name (sort keys %run) {
    spew("goldens/$name.yaml", manifest() =~ s{mine/small}{mine/$name}r =~
        s{arithmetic: f32}{arithmetic: $run{$name}}r);
    is sltrace('run', "goldens/$name.yaml", '--quiet', '--out', "study/$name")->{status}, 0, "run $name";
    is sltrace('record', "goldens/$name.yaml", '--from', "study/$name")->{status}, 0, "record $name";
}
my %program = ('verify.js' => "start <&]]> it\n", 'verify.wasm' => "\0asm\1\0\0\0" . pack('C*', 0 .. 255));

sub page {
    my ($path) = @_;
    return slurp($path) // '';
}

sub attribute {
    my ($text, $id) = @_;
    return $text =~ /<script type="text\/plain" id="\Q$id\E" data-sha256="(\w+)">([^<]*)</ ? ($1, decode_base64($2)) : ();
}

# ---- Without the program -----------------------------------------------------------------

sub refused {
    my ($name, $why, $share, @operands) = @_;
    local $ENV{SLTRACE_SHARE} = $share;
    my $got = sltrace('figure', @operands, '--verify-in-page', '--out', 'none');
    is $got->{status}, 2, "$name: exit status 2";
    like $got->{err}, $why, "$name: and why";
    my @written = glob 'none/*';
    is "@written", '', "$name: nothing is written";
}
refused('no folder', qr/nowhere: expected verify\.wasm/, 'nowhere', 'goldens');
refused('an empty one', qr/share: expected verify\.wasm/, 'share', 'goldens/fixed.golden');
spew("share/$_", $program{$_}) for keys %program;
spew('share/verify.wasm', 'no program');
refused('another file', qr/verify\.wasm: no program of WebAssembly/, 'share', 'goldens');
spew('share/verify.wasm', $program{'verify.wasm'});
unlink 'share/verify.js';
refused('without what starts it', qr/share\/verify\.js/, 'share', 'goldens');
spew('share/verify.js', $program{'verify.js'});
refused('a manifest', qr/golden or a folder of goldens; goldens\/fixed\.yaml is a manifest/, 'share',
    'goldens/fixed.yaml');

# ---- A page ------------------------------------------------------------------------------

$ENV{SLTRACE_SHARE} = 'share';
my $plain = sltrace(qw(figure goldens --out plain));
my $made = sltrace(qw(figure goldens --out out --verify-in-page));
is $made->{status}, 0, 'a page of a folder' or diag $made->{err};
my ($page, $without) = map { page("$_/goldens.html") } qw(out plain);
unlike $without, qr/<script|in-page"/, 'without the option it has no script';
is spawn([ 'python3', '-c', 'import sys, xml.etree.ElementTree as E; E.parse(sys.argv[1])',
    'out/goldens.html' ])->{status}, 0, 'it is well-formed XML';

for my $part ([ 'program:script', 'verify.js' ], [ 'program:wasm', 'verify.wasm' ]) {
    my ($sha256, $bytes) = attribute($page, $part->[0]);
    is $bytes, $program{ $part->[1] }, "$part->[1] is in it";
    is $sha256, sha256_hex($program{ $part->[1] }), 'with its SHA-256';
}
my @scripts = $page =~ /<script>(.*?)<\/script>/sg;
is @scripts, 1, 'one script';
unlike $scripts[0], qr/[<&]/, 'with nothing that XML would escape';
my ($policy) = $page =~ /Content-Security-Policy" content="([^"]*)"/;
my $own = sha256_base64($scripts[0]);
$own .= '=' while length($own) % 4;
is $policy =~ s/&#39;/'/gr, "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    . "form-action 'none'; worker-src blob:; script-src 'wasm-unsafe-eval' 'sha256-$own'",
    'its policy allows that script, and no connection';
unlike $without, qr/script-src/, 'no other page has that policy';

for my $name (qw(fixed f32-fixed)) {
    is sltrace('bundle', "goldens/$name.golden", '--out', "$name.tar")->{status}, 0, "bundle $name";
    my $tar = slurp("$name.tar");
    my ($sha256, $bytes) = attribute($page, "$name:bundle");
    is $bytes, $tar, "$name: its bundle is in the page";
    is $sha256, sha256_hex($tar), 'with its SHA-256';
    for my $file ("$name.golden", "$name.yaml") {
        my $of = sha256_hex(slurp("goldens/$file"));
        like $page, qr/<code>\Q$file\E<\/code>.*?<code>$of<\/code>/s, "the SHA-256 of $file is shown";
    }
}
my ($box) = $page =~ /(<div class="in-page" data-bundle="fixed:bundle">.*?<\/div>)/s;
my %shown = $box =~ /<option value="(\d+)" data-sha256="(\w+)">/g;
my @lines = slurp('goldens/fixed.golden') =~ /^(\d+ .* done .*)$/mg;
my %golden = map { /^(\d+) .*\b([0-9a-f]{64})\b/ } @lines;
is_deeply \%shown, \%golden, 'all runs are offered, with the hash that the golden has';
unlike $page, qr/id="(f32|lone):bundle"/, 'a float golden has no bundle';
like $page, qr/id="f32:in-page">.*?Not here: its runs compute in floating point, with fused.*?href="#f32-fixed:in-page"/s,
    'the page says why, and names its twin';
my ($lone) = $page =~ /id="lone:in-page">(.*?)<h3/s;
unlike $lone, qr/fixed\.golden/, 'one without a twin has none';

# ---- Of a tree ---------------------------------------------------------------------------

mkdir $_ for 'tree', map { "tree/$_" } qw(one other);
for my $at ([ one => 'fixed' ], [ other => 'f32-fixed' ]) {
    rename $_, "tree/$at->[0]/" . s{.*/}{}r or die "$_: $!" for glob "goldens/$at->[1].*";
}
is sltrace(qw(figure tree --out pages --verify-in-page))->{status}, 0, 'pages of a tree';
for my $at ([ one => 'fixed' ], [ other => 'f32-fixed' ]) {
    my $of = page("pages/$at->[0].html");
    is((attribute($of, 'program:wasm'))[1], $program{'verify.wasm'}, "$at->[0]: the program is in it");
    like $of, qr/id="\Q$at->[1]\E:bundle"/, 'with the bundle';
    rename $_, 'goldens/' . s{.*/}{}r or die "$_: $!" for glob "tree/$at->[0]/*";
}
unlike page('pages/index.html'), qr/<script/, 'the front page has no script';

# ---- Of a golden -------------------------------------------------------------------------

my $one = sltrace(qw(figure goldens/fixed.golden --out one --verify-in-page));
is $one->{status}, 0, 'a page of a golden' or diag $one->{err};
like $one->{out}, qr{^page    one/fixed\.html$}m, 'it is told';
like page('one/fixed.html'), qr/id="fixed:bundle"/, 'with its bundle';
like sltrace(qw(figure goldens/fixed.golden --out one --json --verify-in-page))->{out}, qr/"page":true/, 'as JSON';
like sltrace(qw(figure goldens/fixed.golden --out bare --json))->{out}, qr/"page":false/, 'and without';
ok !-e 'bare/fixed.html', 'where there is no page';
is sltrace(qw(figure goldens/f32.golden --out alone --verify-in-page))->{status}, 0, 'of a float golden';
like page('alone/f32.html'), qr/f32-fixed\.golden<\/code>, which is not in this page/, 'its twin is elsewhere';

# A twin that cannot be read is told, and so is what a bundle lacks.
spew('goldens/f32-fixed.golden', 'no golden');
my $broken = sltrace(qw(figure goldens/f32.golden --out alone --verify-in-page));
is $broken->{status}, 2, 'a twin that cannot be read';
like $broken->{err}, qr/f32-fixed\.golden/, 'is told';
like page('alone/f32.html'), qr/Not here.*class="alert">[^<]*f32-fixed\.golden/s, 'on the page too';
done_testing;
