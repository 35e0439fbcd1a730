using System.Security.Cryptography;
using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Handshake;

public sealed class AcceptKeyTests
{
    [Fact]
    public void AnswersTheVectorOfRfc6455() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", AcceptKey.Compute("dGhlIHNhbXBsZSBub25jZQ=="));

    [Fact]
    public void EveryKeyOfSixteenBytesIsValid()
    {
        var random = new Random(6455);
        byte[] bytes = new byte[16];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(bytes);
            string key = Convert.ToBase64String(bytes);
            Assert.True(AcceptKey.IsValidKey(key));
#pragma warning disable CA5350 // what RFC 6455 §1.3 names
            string expected = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
            Assert.Equal(expected, AcceptKey.Compute(key));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ===")]
    [InlineData("dGhlIHNhbXBsZSBub25jZR==")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQA=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQAA")]
    [InlineData("dGhlIHNhbXBsZSBub25jZ===")]
    [InlineData("dGhl-HNhbXBsZSBub25jZQ==")]
    [InlineData("dGhl_HNhbXBsZSBub25jZQ==")]
    [InlineData("dGhl HNhbXBsZSBub25jZQ==")]
    [InlineData("dGhl\nHNhbXBsZSBub25jZQ==")]
    [InlineData("=GhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("\u0164GhlIHNhbXBsZSBub25jZQ==")]
    public void OtherKeysAreNot(string? key)
    {
        Assert.False(AcceptKey.IsValidKey(key));
        Assert.ThrowsAny<ArgumentException>(() => AcceptKey.Compute(key!));
    }

    [Fact]
    public void TheSpanFormAllocatesNothing()
    {
        byte[] accept = new byte[AcceptKey.Length];
        AcceptKey.Compute("dGhlIHNhbXBsZSBub25jZQ=="u8, accept);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++) AcceptKey.Compute("dGhlIHNhbXBsZSBub25jZQ=="u8, accept);
        }));
    }
}
