#!/usr/bin/perl
# The installed tree: what is there, and that others can build against it with CMake and
# with pkg-config, shared and static.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

-f "$build/CMakeCache.txt" or plan skip_all => 'no build folder';
my $work = workdir();
my $prefix = "$work/prefix";
my $installed = shell("cmake --install '$build' --prefix '$prefix'");
is $installed->{status}, 0, 'cmake --install' or diag $installed->{err};

my @expected = qw(bin/sltrace include/sltrace/sltrace.h share/man/man1/sltrace.1
    share/man/man1/sltrace-theory.1 share/man/man5/sltrace-manifest.5
    share/bash-completion/completions/sltrace share/fish/vendor_completions.d/sltrace.fish
    share/zsh/site-functions/_sltrace);
ok -s "$prefix/$_", $_ for @expected;
my ($lib) = grep { -d "$_/cmake/sltrace" } glob("$prefix/lib*"), glob("$prefix/lib/*");
ok -s "$lib/$_", "library folder: $_"
    for qw(libsltrace.so libsltrace.a pkgconfig/sltrace.pc cmake/sltrace/sltrace-config.cmake);

# Every public header stands alone, in C and in C++, and the one of all has each.
my $all = slurp("$prefix/include/sltrace/sltrace.h");
my $strict = '-Wall -Wextra -Wpedantic -Werror -fsyntax-only';
my %declared;
for my $header (glob "$prefix/include/sltrace/*.h") {
    my ($name) = $header =~ m{([^/]+)$};
    spew("alone.$_", "#include <sltrace/$name>\nextern int unused_;\n") for qw(c cc);
    is shell("cc -std=c11 $strict -I'$prefix/include' alone.c")->{err}, '', "$name in C11";
    is shell("c++ -std=c++17 $strict -I'$prefix/include' alone.cc")->{err}, '',
        "$name in C++17";
    ok $name =~ /^(?:sltrace|export)\.h$/ || $all =~ /<sltrace\/$name>/, "sltrace.h has $name";
    my $text = slurp($header) =~ s{/\*.*?\*/}{}gsr;
    $declared{$1} = 1 while $text =~ /^SLT_API[^;]*?\b(slt_\w+)\(/mg;
}

# What the shared library exports is what the headers declare, and C++ links it.
my %exported = map { $_ => 1 } shell("nm -D --defined-only '$lib/libsltrace.so'")->{out}
    =~ / [A-Z] (\S+)$/mg;
ok keys %declared > 200, 'the headers declare functions';
is join(' ', grep { !$exported{$_} } sort keys %declared), '', 'each is exported';
is join(' ', grep { !$declared{$_} } sort keys %exported), '', 'and nothing else';
is join(' ', grep { !/^slt_/ } sort keys %declared), '', 'each begins with slt_';
spew('user.cc', <<'CC');
#include <cstdio>
#include <cstring>
#include <sltrace/sltrace.h>

int main()
{
    static_assert(SLT_VERSION_NUMBER ==
        SLT_VERSION_OF(SLT_VERSION_MAJOR, SLT_VERSION_MINOR, SLT_VERSION_PATCH), "one");
    atomic_int cancel{0};
    slt_study_options options{};
    options.cancel = &cancel;
    slt_error err;
    if (slt_start(nullptr, &err) || slt_version_number() != SLT_VERSION_NUMBER)
        return 1;
    std::puts(slt_version());
    return 0;
}
CC

spew('user.c', <<'C');
#include <stdio.h>
#include <sltrace/sltrace.h>

int main(void)
{
    slt_error err;
    slt_lambda result;
    char text[SLT_RATIONAL_TEXT_MAX];
    if (slt_start(NULL, &err) || slt_theory_rrr(5, 3, 5, 2, &result, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    slt_rational_text(result.lambda, text);
    puts(text);
    return 0;
}
C
mkdir 'user' or die;
spew('user/CMakeLists.txt', <<'CMAKE');
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
find_package(sltrace 0.1 REQUIRED)
add_executable(shared ../user.c)
target_link_libraries(shared sltrace::shared)
add_executable(static ../user.c)
target_link_libraries(static sltrace::static)
CMAKE
my $made = shell("cmake -G Ninja -S user -B user/build -DCMAKE_PREFIX_PATH='$prefix' "
    . "&& cmake --build user/build");
is $made->{status}, 0, 'find_package' or diag $made->{out}, $made->{err};
expect(shell("user/build/$_"), "linked with sltrace::$_", out => "19/2\n")
    for qw(shared static);

my $flags = "PKG_CONFIG_PATH='$lib/pkgconfig' pkg-config";
is shell("$flags --modversion sltrace")->{out}, (sltrace('--version')->{out} =~ /(\S+),/)[0]
    . "\n", 'pkg-config knows the version';
my $linked = shell("cc user.c -o user-pc \$($flags --cflags --libs sltrace) && "
    . "LD_LIBRARY_PATH='$lib' ./user-pc");
expect($linked, 'linked through pkg-config', out => "19/2\n");
$linked = shell("cc user.c -o user-static '$lib/libsltrace.a' "
    . "\$($flags --static --cflags --libs sltrace | sed 's/-lsltrace//') && ./user-static");
expect($linked, 'linked statically through pkg-config', out => "19/2\n");
$linked = shell("c++ -std=c++17 user.cc -o user-cc \$($flags --cflags --libs sltrace) && "
    . "LD_LIBRARY_PATH='$lib' ./user-cc");
expect($linked, 'linked with C++', out => shell("$flags --modversion sltrace")->{out});
my ($soname) = shell("objdump -p '$lib/libsltrace.so'")->{out} =~ /SONAME +(\S+)/;
like $soname, qr/^libsltrace\.so\.\d+$/, 'its SONAME is a number of its own';

# Each function has a page that leads to its header's, and roff has nothing against them.
my $man = "$prefix/share/man/man3";
my %led = map { slurp($_) =~ /^\.so man3\/(.*)$/ ? ($1 => 1) : () } glob "$man/slt_*.3";
is join(' ', grep { !-s "$man/$_.3" } sort keys %declared), '', 'each function has a page';
is join(' ', grep { !-s "$man/$_" } sort keys %led), '', 'it leads to one that is there';
for my $header (glob "$prefix/include/sltrace/*.h") {
    my ($name) = $header =~ m{([^/]+)\.h$};
    ok -s "$man/sltrace-$name.3", "$name.h has a page";
}
SKIP: {
    my $page = slurp("$man/sltrace-theory.3");
    like $page, qr/^slt_status slt_theory_rrr\(int64_t in, .*,\n {26}slt_lambda /m,
        'declarations stand in it';
    like $page, qr/^Reduced\\-rank regression y = B A x of true rank r/m, 'and what they do';
    skip 'no groff', 1 unless shell('groff --version')->{status} == 0;
    is shell("cd '$man' && groff -man -ww -z -Tutf8 sltrace-*.3")->{err}, '', 'groff';
    skip 'no mandoc', 1 unless shell('command -v mandoc')->{status} == 0;
    my @lint = grep { !/missing date/ } split /\n/,
        shell("mandoc -T lint -W style '$man'/sltrace-*.3")->{out};
    is "@lint", '', 'mandoc';
}

# The installed program is the same, and needs nothing of the build tree.
$ENV{PATH} = "$prefix/bin:$ENV{PATH}";
expect(spawn([qw(sltrace theory dln --widths 5*4 --rank 2)]), 'the installed program',
    out => "11\n");
done_testing;
