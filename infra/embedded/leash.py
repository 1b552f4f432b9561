"""Starts a program that ends when its supervisor ends, even one that was killed with -9.

    python -I leash.py SIGNAL PARENT [--unprivileged FOLDER] -- PROGRAM [ARGUMENT ...]

SIGNAL is what the kernel sends to the program when PARENT (a pid, the one that starts us) is gone. With `--unprivileged`
the program does not see itself as root (PostgreSQL refuses to be root): FOLDER is what it writes to.
This file is a script of its own, with the standard library only: it is replaced by the program within milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
EXIT_NOT_STARTED = 125

libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int, signum: int) -> None:
    """Ask the kernel for `signum` when the parent's thread that started us ends."""
    if libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    # The parent may have gone before the line above: nobody would tell us any more.
    if os.getppid() != parent:
        sys.exit(f"leash: the supervisor (pid {parent}) is gone already")


def enter_user_namespace(inner_uid: int, inner_gid: int) -> bool:
    """Become `inner_uid` in a namespace where that is our own user outside; False where the system forbids it."""
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        return False
    write("/proc/self/uid_map", f"{inner_uid} {uid} 1")
    # Required before a gid_map may be written without privileges in the outer namespace.
    write("/proc/self/setgroups", "deny")
    write("/proc/self/gid_map", f"{inner_gid} {gid} 1")
    return True


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def switch_user(user: pwd.struct_passwd, folder: str) -> None:
    """Give `folder` to `user` and become that user for good."""
    if os.stat(folder).st_uid != user.pw_uid:
        for place, folders, files in os.walk(folder):
            for name in (".", *folders, *files):
                os.chown(os.path.join(place, name), user.pw_uid, user.pw_gid, follow_symlinks=False)
    # The home around it is ours and closed; its owner lets others pass through, not look.
    home = os.path.dirname(os.path.abspath(folder))
    os.chmod(home, os.stat(home).st_mode | 0o011)  # noqa: S103
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        sys.exit(
            f"leash: PostgreSQL may not run as root, user namespaces are not allowed here, and the user {user.pw_name} "
            f"cannot reach {folder}. Run mgeprof as an ordinary user, or choose a --home that others can pass through."
        )


def drop_root(folder: str) -> None:
    """Stop being root, if we are: in a user namespace, else as another user."""
    if os.geteuid() != 0:
        return
    # A uid that /etc/passwd knows: initdb looks its own user up.
    nobody = pwd.getpwnam("nobody")
    if not enter_user_namespace(nobody.pw_uid, nobody.pw_gid):
        switch_user(nobody, folder)


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    options, program = arguments[:split], arguments[split + 1 :]
    signum, parent = signal.Signals[f"SIG{options[0]}"], int(options[1])
    if options[2:3] == ["--unprivileged"]:
        drop_root(options[3])
    # After the change of user: every change of credentials clears the parent-death signal.
    die_with(parent, signum)
    try:
        os.execvp(program[0], program)  # noqa: S606 - becoming that program is the point
    except OSError as error:
        print(f"leash: cannot start {program[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(EXIT_NOT_STARTED)


if __name__ == "__main__":
    main(sys.argv[1:])
