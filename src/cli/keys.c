#include "cli/keys.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/world.h"

enum { INTERRUPT = 3, BACKSPACE = 8, CLEAR = 21, DELETE = 127 };

/* Reads a line of standard input, byte by byte: what follows it is left there.  On a
 * terminal that hands over single bytes, keys that correct or interrupt come as such. */
static slt_status read_line(char line[SLT_PASSWORD_MAX], bool keys, slt_error *err)
{
    size_t size = 0;
    for (;;) {
        unsigned char byte;
        const ssize_t got = slt_world.read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return slt_fail(err, SLT_FILE, "standard input: cannot read a password: %s",
                            strerror(errno));
        if (got == 0 && size == 0)
            return slt_fail(err, SLT_USAGE, "no password on standard input");
        if (keys && byte == INTERRUPT)
            return slt_fail(err, SLT_INTERRUPTED, "interrupted at the password");
        if (got == 0 || byte == '\n' || byte == '\r')
            break;
        if (keys && (byte == BACKSPACE || byte == DELETE))
            size -= size > 0;
        else if (keys && byte == CLEAR)
            size = 0;
        else if (size + 1 == SLT_PASSWORD_MAX || byte == 0)
            return slt_fail(err, SLT_USAGE,
                            "a password: expected fewer than %d bytes, none of them NUL",
                            SLT_PASSWORD_MAX);
        else
            line[size++] = (char)byte;
    }
    line[size] = 0;
    return SLT_OK;
}

/* The terminal shows nothing meanwhile, and a ^C comes as a byte, so that it is as before
 * when the process ends. */
static slt_status read_hidden(char line[SLT_PASSWORD_MAX], slt_error *err)
{
    struct termios before;
    if (slt_world.tcgetattr(STDIN_FILENO, &before))
        return slt_fail(err, SLT_FILE, "the terminal: %s", strerror(errno));
    struct termios hidden = before;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    hidden.c_cc[VMIN] = 1;
    hidden.c_cc[VTIME] = 0;
    if (slt_world.tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden))
        return slt_fail(err, SLT_FILE, "the terminal cannot hide a password: %s",
                        strerror(errno));
    fputs("Password of the secret key: ", stderr);
    slt_world.fflush(stderr);
    slt_status status = read_line(line, true, err);
    fputc('\n', stderr);
    if (slt_world.tcsetattr(STDIN_FILENO, TCSANOW, &before) && !status)
        status = slt_fail(err, SLT_FILE, "the terminal cannot be set back: %s",
                          strerror(errno));
    if (status == SLT_INTERRUPTED)
        slt_world.raise(SIGINT);
    return status;
}

static slt_status ask(void *context, const char *path, char password[SLT_PASSWORD_MAX],
                      slt_error *err)
{
    (void)context;
    (void)path;
    return slt_world.isatty(STDIN_FILENO) ? read_hidden(password, err)
                                          : read_line(password, false, err);
}

slt_status cli_secret_key(const cli_call *call, const char *option, slt_secret_key *key,
                          slt_error *err)
{
    return slt_secret_key_read(cli_value(call, option), ask, NULL, key, err);
}
