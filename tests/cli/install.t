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

# Every public header stands alone.
for my $header (glob "$prefix/include/sltrace/*.h") {
    my ($name) = $header =~ m{([^/]+)$};
    spew('alone.c', "#include <sltrace/$name>\nint unused_;\n");
    is shell("cc -std=c11 -Wall -Werror -I'$prefix/include' -c alone.c -o alone.o")->{err},
        '', "$name stands alone";
}

my $exported = shell("nm -D --defined-only '$lib/libsltrace.so'");
my @foreign = grep { !/ slt_\w+$/ } grep { / [A-Z] / } split /\n/, $exported->{out};
like $exported->{out}, qr/ T slt_theory_rrr$/m, 'the shared library exports its functions';
is "@foreign", '', 'and nothing else';
unlike $exported->{out}, qr/slt_exact_/, 'internal functions stay hidden';

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

# The installed program is the same, and needs nothing of the build tree.
$ENV{PATH} = "$prefix/bin:$ENV{PATH}";
expect(spawn([qw(sltrace theory dln --widths 5*4 --rank 2)]), 'the installed program',
    out => "11\n");
done_testing;
