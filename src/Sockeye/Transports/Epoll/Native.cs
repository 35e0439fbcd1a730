using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>The system calls of Linux that the loop lives on. Blittable, and with the error number of the thread set.</summary>
internal static unsafe partial class Native
{
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;

    public const int Add = 1;
    public const int Delete = 2;
    public const int Modify = 3;

    public const int NoSignal = 0x4000;
    public const int DontWait = 0x40;

    /// <summary>Of <see cref="Usage"/>: of the calling thread.</summary>
    public const int OfThread = 1;

    /// <summary>Of <see cref="ReadClock"/>: below a thread's complement, the time it had on a processor.</summary>
    public const int ThreadProcessorClock = 6;

    public const int ShutdownWrite = 1;
    public const int ShutdownBoth = 2;

    public const int Interrupted = 4;
    public const int Again = 11;
    public const int TooManyFiles = 24;
    public const int TooManyFilesInSystem = 23;
    public const int NoBuffers = 105;
    public const int NoMemory = 12;
    public const int InProgress = 115;
    public const int Cancelled = 125;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const string C = "libc";

    /// <summary>Stands before the calls that meet a peer's or the machine's faults: a test's way to make them fail.</summary>
    public static SystemFault? Fault { get; set; }

    public static int CreateEpoll() => epoll_create1(CloseOnExec);

    public static int CreateWakeUp() => eventfd(0, CloseOnExec | NonBlocking);

    public static int Accept(int listener, byte* address, int* length)
    {
        nint most = 0;
        return Fails(SystemCall.Accept, listener, ref most) ? -1 : accept4(listener, address, length, CloseOnExec | NonBlocking);
    }

    /// <summary>A stream socket of this family.</summary>
    public static int Socket(int family) => socket(family, 1 | CloseOnExec | NonBlocking, 0);

    /// <summary>How an attempt to connect went (SO_ERROR): an error number, or 0.</summary>
    public static int PendingError(int descriptor)
    {
        int error = 0;
        int length = sizeof(int);
        return getsockopt(descriptor, 1, 4, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    public static int Wait(int epoll, byte* events, int max, int timeoutMs)
    {
        nint most = max;
        return Fails(SystemCall.Wait, epoll, ref most) ? -1 : epoll_wait(epoll, events, (int)most, timeoutMs);
    }

    public static nint Receive(int descriptor, byte* buffer, nint length, int flags) =>
        Fails(SystemCall.Receive, descriptor, ref length) ? -1 : recv(descriptor, buffer, length, flags);

    public static nint Send(int descriptor, byte* buffer, nint length, int flags) =>
        Fails(SystemCall.Send, descriptor, ref length) ? -1 : send(descriptor, buffer, length, flags);

    public static nint SendMessage(int descriptor, MessageHeader* message, int flags)
    {
        nint length = message->Pieces[0].Length;
        return Fails(SystemCall.Send, descriptor, ref length) ? -1
            : length < message->Pieces[0].Length ? send(descriptor, message->Pieces[0].Start, length, flags)
            : sendmsg(descriptor, message, flags);
    }

    [LibraryImport(C, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(int epoll, int operation, int descriptor, byte* what);

    [LibraryImport(C, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport(C, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport(C, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport(C, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, int* value, int length);

    [LibraryImport(C, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int LocalName(int descriptor, byte* address, int* length);

    [LibraryImport(C, EntryPoint = "getrusage", SetLastError = true)]
    public static partial int Usage(int who, ResourceUsage* usage);

    [LibraryImport(C, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ReadClock(int clock, Time* time);

    private static bool Fails(SystemCall call, int descriptor, ref nint length)
    {
        int error = Fault?.Invoke(call, descriptor, ref length) ?? 0;
        if (error != 0)
        {
            Marshal.SetLastPInvokeError(error);
        }

        return error != 0;
    }

    [LibraryImport(C, SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int max, int timeoutMs);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint recv(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint sendmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport(C, SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int name, int* value, int* length);

    [LibraryImport(C, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial int accept4(int listener, byte* address, int* length, int flags);

    /// <summary>What a thread has used (struct rusage), as far as it is looked at.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceUsage
    {
        public nint UserSeconds;
        public nint UserMicroseconds;
        public nint SystemSeconds;
        public nint SystemMicroseconds;
        public MemoryAndSignals Others;
        public nint Waits;
        public nint Preemptions;
    }

    /// <summary>A time (struct timespec).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    /// <summary>The twelve numbers of a struct rusage that are not looked at.</summary>
    [InlineArray(12)]
    public struct MemoryAndSignals
    {
        private nint _first;
    }

    /// <summary>One piece of a vectored write (struct iovec).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Piece
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary>A vectored write (struct msghdr).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nint Count;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }
}
