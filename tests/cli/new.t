#!/usr/bin/perl
# sltrace new --brief and --like: every kind is a whole manifest, whose runs end well.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $help = sltrace(qw(help new))->{out} =~ s/\s+/ /gr;
my @kinds = $help =~ / --like KIND .*?seconds\. (.*?)\. --from / ? map { /^(\w+):/ } split /\. /, $1 : ();
cmp_ok scalar(@kinds), '>=', 4, "help tells the kinds: @kinds";
my %runs = (brief => 2, mlp => 3, transformer => 2, cnn => 2, sweep => 12);
is_deeply [ sort 'brief', @kinds ], [ sort keys %runs ], 'which are these';

for my $kind ('brief', @kinds) {
    my @form = $kind eq 'brief' ? '--brief' : ('--like', $kind);
    expect(sltrace('new', @form, '--name', "mine/$kind", "$kind.yaml"), "new @form");
    my ($comments, $keys) = (0, 0);
    /^\s*#/ ? $comments++ : $keys++ for split /\n/, slurp("$kind.yaml");
    cmp_ok $keys, '<', 80, '... is short';
    $kind eq 'brief' ? cmp_ok($comments, '<', 3, '... with few comments')
                     : cmp_ok($comments, '>', 6, '... with comments');
    expect(sltrace('show', "$kind.yaml"), '... shows',
        out => qr{^manifest +mine/$kind\nruns +$runs{$kind}\n});
    expect(sltrace('run', "$kind.yaml"), '... and runs',
        out => qr{^mine/$kind: $runs{$kind} runs: $runs{$kind} computed, 0 kept; traces in \S+\n$});
    expect(sltrace('figure', "$kind.yaml"), '... to a figure',
        out => $kind eq 'sweep' ? qr/^claims: 1 of 1 result reproduced$/m : qr/^data /m);
}

sub refused {
    my ($name, $words, @arguments) = @_;
    expect(sltrace('new', @arguments), "refused: $name", status => 2, err => "sltrace: $words\n");
}
refused('no such kind', "kind 'rnn': expected one of @kinds", qw(--like rnn));
refused('the short one is none', "kind 'brief': expected one of @kinds", qw(--like brief));
refused('a bad name', "name 'A': expected words of a-z 0-9 . _ - joined by slashes",
    qw(--like mlp --name A));
refused('two forms', 'new: --brief, --like and --from do not go together', @$_)
    for [ qw(--brief --like mlp) ], [ qw(--brief --from x) ], [ qw(--like mlp --from x) ];
refused('over a file', 'brief.yaml: exists already; nothing is overwritten', qw(--brief brief.yaml));
done_testing;
