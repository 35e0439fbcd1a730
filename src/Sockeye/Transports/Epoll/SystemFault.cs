namespace Sockeye.Transports.Epoll;

/// <summary>Decides how a system call goes.</summary>
/// <param name="call">Which one.</param>
/// <param name="descriptor">On what.</param>
/// <param name="length">Bytes asked for; made smaller, for a short read or write.</param>
/// <returns>The error it fails with; 0 lets the kernel answer.</returns>
internal delegate int SystemFault(SystemCall call, int descriptor, ref nint length);
