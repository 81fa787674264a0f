#!/usr/bin/perl
# The floors of src as the linker sees them: no object file takes a function or a table from
# a room above its own, by whatever header it was declared.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Symbols qw(symbols);

my $build = $ENV{SLT_BUILD} // "$FindBin::Bin/../../build";
my @floors = qw(base num array theory net data learn codec manifest trace golden run figure verify
    audit report cli);
my %floor;
@floor{@floors} = 0 .. $#floors;

my (%home, %takes, %seen);
for my $one (symbols($build)) {
    my ($file, $kind, $name) = @$one;
    if ($kind eq 'U') { push @{ $takes{$file} }, $name }
    elsif ($kind =~ /[A-TV-Z]/) { $home{$name} //= $file }
    $seen{ (split m{/}, $file)[0] } = 1;
}

my (@above, %arrows);
for my $file (sort keys %takes) {
    my ($own) = $file =~ m{^(\w+)/};
    for my $name (@{ $takes{$file} }) {
        next unless defined $home{$name};
        my ($other) = $home{$name} =~ m{^(\w+)/};
        next if $other eq $own;
        $arrows{"$own $other"} = 1;
        push @above, "src/$file takes $name from src/$home{$name}"
            unless exists $floor{$own} && exists $floor{$other} && $floor{$other} < $floor{$own};
    }
}
my @unseen = grep { !$seen{$_} } @floors;
print @unseen ? 'not ok' : 'ok', " 1 - every room has object files in this build\n";
print "# none of src/$_ in $build\n" for @unseen;
print @above ? 'not ok' : 'ok', " 2 - a room takes functions and tables of earlier rooms only\n";
print "# $_\n" for @above;
print '# ', scalar(keys %arrows), " arrows between rooms\n1..2\n";
exit(@unseen || @above ? 1 : 0);
