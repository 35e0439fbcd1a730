namespace Sockeye.Tests.Support;

/// <summary>Bounds for waiting: a hang becomes a failure. Nothing is asserted about how long things take.</summary>
internal static class Waits
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Long);

    public static Task Soon(this Task task) => task.WaitAsync(Long);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Long);

    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Long);

    /// <summary>Waits until something that happens on another thread is so.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 3000, $"It did not come about: {what}");
            await Task.Delay(10);
        }
    }
}
