# The symbols of the object files of a build, source by source.
package Symbols;
use strict;
use warnings;
use Exporter 'import';
use JSON::PP;
our @EXPORT_OK = qw(symbols);

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or do { print "Bail out! $path: $!\n"; exit 255 };
    local $/;
    return scalar <$in>;
}

# [source below src/, kind as nm has it, name], of every object that this build has of a
# source; not a test's own build of one.
sub symbols {
    my ($build) = @_;
    my (%source, @found);
    for my $unit (@{ decode_json(slurp("$build/compile_commands.json")) }) {
        my ($file) = $unit->{file} =~ m{/src/(.*)$} or next;
        my ($output) = $unit->{output} // $unit->{command} =~ / -o (\S+)/;
        next if $output =~ m{/test-[^/]*\.dir/};
        my $object = "$unit->{directory}/$output";
        $source{$object} = $file if -e $object;
    }
    my @objects = sort { $source{$a} cmp $source{$b} || $a cmp $b } keys %source;
    while (my @some = splice @objects, 0, 200) { # at once: each start of nm takes its time
        open my $nm, '-|', 'nm', '-A', @some or die "nm: $!";
        while (<$nm>) {
            my ($object, $kind, $name) = /^(.*?):.*\b([A-Za-z]) (\S+)$/ or next;
            die "nm: $object\n" unless $source{$object};
            push @found, [ $source{$object}, $kind, $name ];
        }
        close $nm or die "nm: $?";
    }
    return @found;
}

1;
