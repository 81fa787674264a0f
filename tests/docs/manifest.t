#!/usr/bin/perl
# docs/manifest.md is what the program writes of its schema.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More tests => 2;

my $top = abs_path("$FindBin::Bin/../..");
my $sltrace = abs_path($ENV{SLTRACE} // "$top/build/sltrace");
my $pages = tempdir(CLEANUP => 1);
is system($sltrace, '--generate', $pages), 0, 'the pages are made';
ok system('diff', "$top/docs/manifest.md", "$pages/manifest.md") == 0,
    'docs/manifest.md is up to date';
