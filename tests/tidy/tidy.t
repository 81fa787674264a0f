#!/usr/bin/perl
# Rules of the house that a compiler does not check: the floors of src, banned names,
# public headers in cli, line lengths.
use strict;
use warnings;
use FindBin;

chdir "$FindBin::Bin/../.." or die "chdir: $!";
my @floors = qw(base num array theory net data learn codec manifest trace golden run figure verify
    audit report cli);
my %floor;
@floor{@floors} = 0 .. $#floors;

# [name, pattern, where it is banned, what to use]
my $rooms = join '|', grep { !/^(?:base|theory|cli)$/ } @floors;
my $hashed = qr{^src/(?:$rooms)/};
# The calls of the system that are in the table, and those that one of them replaces.
my $calls = join '|', slurp('src/base/world.h') =~ /\bCALL\((?!kind)\w+,[^,]*,[^,]*,[\s\\]*(\w+),/g,
    qw(asprintf rewind syscall setrlimit setitimer prctl popen system mmap open_memstream
    readdir_r getdents64 posix_memalign memalign vfork execve execvp posix_spawn gettimeofday
    clock usleep sleep alarm dprintf creat openat renameat remove fseek ftell freopen);
my @banned = (
    [ 'libm function', qr/(?<!->)\b(?:exp|log|log2|log10|log1p|expm1|pow|sin|cos|tan|tanh|sinh|cosh|erf|erfc|cbrt|hypot|lgamma|tgamma|exp2|atan|atan2|asin|acos)[fl]?\s*\(/,
        $hashed, 'the canonical functions of num/math.h' ],
    [ 'rand', qr/\b(?:s?rand(?:om)?|drand48|rand_r)\s*\(/, qr{^src/}, 'num/draw.h' ],
    [ 'time on a path to a hash', qr/\b(?:time|clock|gettimeofday|clock_gettime)\s*\(/,
        qr{^src/(num|net|data|learn|codec|manifest|trace|golden)/}, 'nothing: the core is a pure function' ],
    [ 'qsort', qr/\bqsort(?:_r)?\s*\(/, $hashed, 'an order with no ties, written out' ],
    [ 'fast-math', qr/-ffast-math|-Ofast|-funsafe-math/, qr{^(src|CMakeLists|tools)},
        'the flags of CMakeLists.txt' ],
    [ 'OpenMP reduction', qr/reduction\s*\(/, qr{^src/}, 'the canonical reduction' ],
    [ '%g, %e or %f in hashed text', qr/%[-+ #0-9.*]*l?[aefgAEFG]\b/, qr{^src/(codec|manifest|trace|golden)/},
        'slt_real_text' ],
    [ 'assert.h', qr/#include\s*<assert\.h>/, qr{^src/}, 'SLT_ASSERT' ],
    [ 'strcpy family', qr/\b(?:strcpy|strcat|sprintf|gets)\s*\(/, qr{^(src|tests)/},
        'snprintf or slt_buffer' ],
    [ 'products that are not ours', qr/\bslt_(?:kernels_replace|openblas_start)\s*\(/,
        qr{^src/(?!audit/child\.c|num/(?:float/)?openblas\.[ch]|num/start\.c|num/kernels\.h)},
        'num/ops.h: only an audit, in a child process, computes with others' ],
    [ 'keys of a manifest outside its room',
        qr/\bslt_(?:value_(?:get|clone|append_key)|yaml_parse|canonical_read)\s*\(/,
        qr{^src/(?!(?:codec|manifest)/|audit/provenance\.c|report/verified\w*\.c)}, # JSON of their own
        'the structs of manifest/manifest.h: a key is read once, by the schema' ],
    [ 'the system, but by its door', qr/(?<![\w.>])(?:$calls)\(/,
        qr{^src/(?!base/world\.[ch]$)}, 'slt_world of base/world.h' ],
    [ 'leftover', qr/\b(?:TODO|FIXME|XXX)\b/, qr{^(src|include|tests|tools)/},
        'finish it' ],
);
# Advisory code may call libm: its numbers never reach a hash.
my %advisory = map { $_ => 1 } glob('src/theory/*'), glob('src/learn/diagnostics*.[ch]'),
    'src/figure/temperatures.c', glob('src/verify/doctor*.c');

# Nothing that reaches a hash computes in floating point outside num/float/: scalars are
# slt_real, made in integers. These write progress, pictures, reports and advice, or set up
# the floating-point environment. (Public headers convert, in sltrace/real.h alone.)
my $integers = qr{^(?:src/(?:base|$rooms)/|include/)};
my %floats = map { $_ => 1 } glob('src/num/float/*.[ch]'), glob('src/num/float/kernels/*.[ch]'),
    glob('src/learn/diagnostics*.[ch]'), 'src/figure/temperatures.c', glob('src/report/picture/svg_*.c'), 'src/report/picture/chains.c', 'src/report/picture/influence.c',
    glob('src/report/page/*.c'), glob('src/figure/runs/*.c'), glob('src/audit/*.c'),
    glob('src/report/runs_*.c'), glob('src/report/predict_*.c'), 'src/report/rank_text.c',
    glob('src/report/audit_*text.c'), glob('src/report/rerun_text.c'),
    qw(include/sltrace/real.h include/sltrace/study.h include/sltrace/theory.h src/base/assumptions.h
    src/base/float_assumptions.h src/base/fpenv.c src/verify/doctor.c
    src/verify/verify.c src/figure/beside.c src/figure/grokking.c src/run/plan.c src/figure/planted.c
    src/figure/spectrum.c src/figure/prediction.c
    include/sltrace/core.h src/run/core.c src/run/core_array.c src/run/core_sample.c
    src/report/figure_text.c src/report/tables/database.c src/run/schedule_run.c);

my @files = split /\n/, `git ls-files -co --exclude-standard`;
my $tests = 0;
my $failed = 0;

sub ok {
    my ($name, @found) = @_;
    $tests++;
    if (@found) {
        $failed++;
        print "not ok $tests - $name\n", map { "# $_\n" } @found;
    }
    else {
        print "ok $tests - $name\n";
    }
}

# Lines of a C file without comments and string contents; line numbers kept.
sub code_lines {
    my ($text, $keep_strings) = @_;
    $text =~ s{(/\*.*?\*/)}{ my $c = $1; $c =~ s/[^\n]//g; $c }gse;
    $text =~ s{//[^\n]*}{}g;
    $text =~ s{"(?:[^"\\\n]|\\.)*"}{""}g unless $keep_strings;
    return split /\n/, $text, -1;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or return '';
    local $/;
    return scalar <$in> // '';
}

my (@floors_broken, @private, @reals, @long, @tabs, @includes_missing, @computed);
my %found = map { $_->[0] => [] } @banned;
for my $path (@files) {
    next unless -f $path;
    next if $path eq 'tests/tidy/tidy.t';
    my $is_c = $path =~ /\.[ch]$/;
    my $text = slurp($path);
    if ($is_c) {
        my $n = 0;
        for my $line (split /\n/, $text, -1) {
            $n++;
            push @long, "$path:$n" if length($line) > 90 && $path !~ /_table\.h$/;
            push @tabs, "$path:$n" if $line =~ /\t|[ \t]$/;
        }
        if ($path =~ m{^src/(\w+)/}) {
            my $own = $1;
            push @floors_broken, "$path: src/$own is no room" unless exists $floor{$own};
            while ($text =~ /^#include\s+"([^"]+)"/mg) {
                my $include = $1;
                my ($room) = $include =~ m{^(\w+)/};
                next unless defined $room && exists $floor{$room};
                push @floors_broken, "$path includes $include"
                    if $floor{$room} > ($floor{$own} // 99);
                push @private, "$path includes $include" if $own eq 'cli' && $room ne 'cli' && $include ne 'base/world.h';
            }
        }
        if ($path =~ m{^src/(?:$rooms)/.*\.h$} && $path !~ m{^src/num/}) {
            my $at = 0;
            for (code_lines($text, 0)) {
                $at++;
                push @reals, "$path:$at: $_" if /\b(?:float|double)\b/;
            }
        }
    }
    if ($is_c && $path =~ $integers && !$floats{$path}) {
        my $at = 0;
        for (code_lines($text, 0)) {
            $at++;
            next if /^\s*#include/;
            my $line = s/\bslt_real_of\(-?[\d.][\w.+-]*\)//gr; # a constant's bits
            push @computed, "$path:$at: $_"
                if $line =~ /\b(?:float|double|slt_real_double|slt_real_of)\b/ ||
                $line =~ /(?<![\w.])\d+\.\d|\b0x[\da-f.]*p[-+]?\d/;
        }
    }
    for my $rule (@banned) {
        my ($name, $pattern, $where, $instead) = @$rule;
        next unless $path =~ $where;
        next if $advisory{$path} && $name eq 'libm function';
        my $strings = $name =~ /^%|fast-math|reduction/;
        my @lines = $is_c ? code_lines($text, $strings) : split /\n/, $text, -1;
        my $at = 0;
        for (@lines) {
            $at++;
            next if /^#error/;
            push @{ $found{$name} }, "$path:$at: use $instead" if $_ =~ $pattern;
        }
    }
}
ok('src: a room includes only its own and earlier rooms', @floors_broken);
ok('src/cli uses public headers, and the door of base/world.h', @private);
ok('no header above num/ says float or double', @reals);
ok('no floating point where bits are made, but in num/float/', @computed);
ok('C lines have at most 90 columns', @long);
ok('no tabs or trailing blanks in C files', @tabs);
ok("banned: $_->[0]", @{ $found{ $_->[0] } }) for @banned;
ok('every top-level entry is known',
    grep { !/^(src|include|manifests|golden|tests|tools|docs|\.ci|\.github)\// &&
           !/^(CMakeLists\.txt|CMakePresets\.json|REPRODUCING\.md|README\.md|CONTRIBUTING\.md|CHANGELOG\.md|LICENSE|\.gitignore|\.gitattributes|\.clang-format|\.clang-tidy)$/ }
    @files);

# The documents: prose fits a terminal, links lead somewhere, and so does what code cites.
# [line number, line, 'prose', 'table' or 'code'] of each line of a page.
sub page_lines {
    my ($path) = @_;
    my ($n, $fenced) = (0, 0);
    return map {
        my $fence = /^\s*```/;
        my $kind = $fence || $fenced || /^ {4}/ ? 'code' : /^\|/ ? 'table' : 'prose';
        $fenced = !$fenced if $fence;
        [ ++$n, $_, $kind ];
    } split /\n/, slurp($path);
}

# The anchors that a page's headings get.
sub anchors {
    return map { lc($_->[1] =~ s/^#+ //r) =~ s/[^\w\- ]//gr =~ s/ /-/gr }
        grep { $_->[2] eq 'prose' && $_->[1] =~ /^#+ / } page_lines($_[0]);
}

# Where a link of a page leads that leads nowhere.
sub broken_link {
    my ($path, $target) = @_;
    return 0 if $target =~ /^https?:/;
    my ($file, $anchor) = $target =~ /^([^#]*)#?(.*)$/;
    my $to = $file eq '' ? $path : $path =~ s{[^/]*$}{$file}r;
    1 while $to =~ s{(?:^|(?<=/))(?!\.\./)[^/]+/\.\./}{};
    return !-e $to || ($anchor ne '' && !grep { $_ eq $anchor } anchors($to));
}

my %columns = (prose => 100, table => 160, code => 120);
my %tracked = map { $_ => 1 } @files;
my (@wide, @broken, @undefined, @absent);
for my $path (grep { /\.md$/ && -f } @files) {
    my @lines = page_lines($path);
    my (%defined, %used);
    for (@lines) {
        my ($n, $line, $kind) = @$_;
        push @wide, "$path:$n" if length($line) > $columns{$kind} && $line !~ /^\[[^\]]+\]: /;
        next if $kind eq 'code';
        $defined{$1} = $n if $line =~ /^\[([^\]]+)\]: /;
        push @broken, map { "$path:$n: $_" } grep { broken_link($path, $_) }
            ($line =~ /\]\(([^)\s]+)\)/g, $line =~ /^\[[^\]]+\]: (\S+)/);
    }
    push @absent, map { "$path: $_" } grep { !/[A-Z]{4}/ && !-e ((glob)[0] // "") }
        map { $_->[1] =~ m{`((?:src|include|tests|tools|manifests|golden)/[^\s`]*)`}g }
        grep { $_->[2] ne 'code' } @lines;
    my $prose = join "\n", map { $_->[1] } grep { $_->[2] ne 'code' && $_->[1] !~ /^\[[^\]]+\]: / } @lines;
    push @undefined, map { "$path: [$_] has no address" } grep { !$defined{s/\s+/ /gr} }
        $prose =~ /\[(section\s[\d.]+)\](?!\()/g;
    push @undefined, map { "$path:$defined{$_}: [$_] is not used" }
        grep { my $name = s/ /\\s+/gr; $prose !~ /\[$name\]/ } sort keys %defined;
}
for my $path (grep { -f && !m{^golden/} && $_ ne 'tests/tidy/tidy.t' } @files) {
    my $text = slurp($path);
    push @absent, map { "$path: $_" } grep { !$tracked{$_} }
        $text =~ m{(?<![\w/.-])(docs/[\w/-]+\.md)\b}g;
    push @absent, map { "$path: $_" } $text =~ /\b(DESIGN(?:\.md| \d)|EXAMPLES\.md|SEEDS(?:\.md|')|NUMERICS\.md|STYLE\.md)/g;
    push @absent, "$path: sections are in docs/spec" if $text =~ /REPRODUCING(?:\.md)?[^.\w]{0,3}\s*(?:section |\d|\")/;
}
my @told = slurp('docs/manual/house.md') =~ /^\| `(\w+)` \|/mg;
ok('docs/manual/house.md has the rooms, in their order',
    "@told" eq "@floors" ? () : ("has: @told", "rooms: @floors"));
ok('documents: prose within 100 columns, code within 120, tables within 160', @wide);
ok('documents: every relative link leads to a file and a heading', @broken);
ok('documents: every section that is referred to has an address', @undefined);
ok('no text cites a page that the tree does not have', @absent);
print "1..$tests\n";
exit($failed ? 1 : 0);
