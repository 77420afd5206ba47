#include "event_batch.h"

#include <algorithm>
#include <cstring>

#include "addon_data.h"
#include "error_to_js.h"

namespace sonde {

namespace {

// One byte of tag, wire type length-delimited.
constexpr uint8_t kWireTypeMask = 7;
constexpr uint8_t kLengthDelimited = 2;
constexpr uint8_t kMore = 0x80;

}  // namespace

Napi::Function EventBatch::Define(Napi::Env env)
{
	return DefineClass(env, "EventBatch",
			   {InstanceAccessor<&EventBatch::EventCount>("eventCount"),
			    InstanceAccessor<&EventBatch::ByteLength>("byteLength"),
			    InstanceAccessor<&EventBatch::Watermark>("watermarkUnixNano"),
			    InstanceAccessor<&EventBatch::Oldest>("oldestUnixNano"),
			    InstanceMethod<&EventBatch::TakeSubjects>("takeSubjects"),
			    InstanceMethod<&EventBatch::TakeStacks>("takeStacks"),
			    InstanceMethod<&EventBatch::Copy>("copy"), InstanceMethod<&EventBatch::Slice>("slice"),
			    InstanceMethod<&EventBatch::Release>("release")});
}

Napi::Object EventBatch::New(Napi::Env env, SealedBatch batch)
{
	EncodedBatch &events = batch.events;

	std::shared_ptr<const std::vector<Subject>> subjects;
	std::shared_ptr<const std::vector<Stack>> stacks;

	if (!events.stacks.empty())
		stacks = std::make_shared<const std::vector<Stack>>(std::move(events.stacks));
	if (!events.subjects.empty())
		subjects = std::make_shared<const std::vector<Subject>>(std::move(events.subjects));
	return Wrap(env, {std::move(events.bytes), 0, events.size, events.events, batch.watermark_unix_ns,
			  events.oldest_unix_ns, std::move(subjects), std::move(stacks)});
}

Napi::Object EventBatch::Wrap(Napi::Env env, Contents contents)
{
	return AddonData::Of(env).event_batch.New({Napi::External<Contents>::New(env, &contents)});
}

EventBatch::EventBatch(const Napi::CallbackInfo &info) : Napi::ObjectWrap<EventBatch>(info)
{
	if (info.Length() == 1 && info[0].IsExternal())
		contents_ = *info[0].As<Napi::External<Contents>>().Data();
	else
		contents_ = FromJs(info);
}

EventBatch::Contents EventBatch::FromJs(const Napi::CallbackInfo &info)
{
	bool lossless, has_oldest = info.Length() == 4;

	if (!(info.Length() == 3 || has_oldest) || !info[0].IsTypedArray() || !info[1].IsNumber() || !info[2].IsBigInt() ||
	    (has_oldest && !info[3].IsBigInt()))
		throw ToJs(info.Env(),
			   Error(ErrorCode::kInvalidArgument, "an EventBatch takes bytes, a number and one or two bigints"));
	Napi::Uint8Array bytes = info[0].As<Napi::Uint8Array>();
	std::shared_ptr<uint8_t[]> copy(new uint8_t[bytes.ByteLength()]);
	if (bytes.ByteLength() > 0)
		memcpy(copy.get(), bytes.Data(), bytes.ByteLength());
	return {std::move(copy), 0, static_cast<uint32_t>(bytes.ByteLength()), info[1].As<Napi::Number>(),
		info[2].As<Napi::BigInt>().Uint64Value(&lossless),
		has_oldest ? info[3].As<Napi::BigInt>().Uint64Value(&lossless) : 0, nullptr, nullptr};
}

Napi::Value EventBatch::EventCount(const Napi::CallbackInfo &info)
{
	return Napi::Number::New(info.Env(), contents_.events);
}

Napi::Value EventBatch::ByteLength(const Napi::CallbackInfo &info)
{
	return Napi::Number::New(info.Env(), contents_.size);
}

Napi::Value EventBatch::Watermark(const Napi::CallbackInfo &info)
{
	return Napi::BigInt::New(info.Env(), contents_.watermark_unix_ns);
}

Napi::Value EventBatch::Oldest(const Napi::CallbackInfo &info)
{
	return Napi::BigInt::New(info.Env(), contents_.oldest_unix_ns);
}

Napi::Value EventBatch::TakeStacks(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array list = Napi::Array::New(env);

	if (!contents_.stacks)
		return list;
	for (const Stack &stack : *contents_.stacks) {
		Napi::Object object = Napi::Object::New(env);
		Napi::BigUint64Array addresses = Napi::BigUint64Array::New(env, stack.addresses.size());

		std::copy(stack.addresses.begin(), stack.addresses.end(), addresses.Data());
		object.Set("id", stack.id);
		object.Set("isUser", stack.is_user);
		object.Set("tgid", stack.tgid);
		object.Set("startBoottimeNs", Napi::BigInt::New(env, stack.start_boottime_ns));
		object.Set("addresses", addresses);
		list.Set(list.Length(), object);
	}
	contents_.stacks.reset();
	return list;
}

Napi::Value EventBatch::TakeSubjects(const Napi::CallbackInfo &info)
{
	static constexpr size_t kNumbers = 4;
	size_t count = contents_.subjects ? contents_.subjects->size() : 0;
	Napi::BigUint64Array list = Napi::BigUint64Array::New(info.Env(), count * kNumbers);

	for (size_t i = 0; i < count; i++) {
		const Subject &subject = (*contents_.subjects)[i];
		uint64_t *at = list.Data() + i * kNumbers;

		at[0] = subject.tgid;
		at[1] = subject.start_boottime_ns;
		at[2] = subject.cgroup_id;
		at[3] = subject.uid;
	}
	contents_.subjects.reset();
	return list;
}

Napi::Value EventBatch::Copy(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	if (info.Length() != 2 || !info[0].IsTypedArray() || !info[1].IsNumber())
		throw ToJs(env, Error(ErrorCode::kInvalidArgument, "copy takes a target and an offset"));
	Napi::Uint8Array target = info[0].As<Napi::Uint8Array>();
	uint32_t offset = info[1].As<Napi::Number>();
	if (offset > target.ByteLength() || target.ByteLength() - offset < contents_.size)
		throw ToJs(env, Error(ErrorCode::kInvalidArgument, "copy: the target is too small"));
	if (!contents_.bytes)
		throw ToJs(env, Error(ErrorCode::kClosed, "the batch was released before"));
	// An empty target has no address.
	if (contents_.size > 0)
		memcpy(target.Data() + offset, contents_.bytes.get() + contents_.offset, contents_.size);
	return env.Undefined();
}

uint32_t EventBatch::Skip(uint32_t offset, uint32_t events) const
{
	const uint8_t *bytes = contents_.bytes.get() + contents_.offset;

	for (uint32_t i = 0; i < events; i++) {
		uint64_t length = 0;

		if (offset >= contents_.size || (bytes[offset] & kWireTypeMask) != kLengthDelimited)
			throw Error(ErrorCode::kInvalidArgument, "slice: the bytes are not events");
		offset++;
		for (uint32_t shift = 0; offset < contents_.size && shift < 32; shift += 7) {
			uint8_t byte = bytes[offset++];

			length |= static_cast<uint64_t>(byte & ~kMore) << shift;
			if ((byte & kMore) == 0)
				break;
		}
		if (length > contents_.size - offset)
			throw Error(ErrorCode::kInvalidArgument, "slice: the bytes are not events");
		offset += static_cast<uint32_t>(length);
	}
	return offset;
}

Napi::Value EventBatch::Slice(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	try {
		if (info.Length() != 2 || !info[0].IsNumber() || !info[1].IsNumber())
			throw Error(ErrorCode::kInvalidArgument, "slice takes two numbers");
		if (!contents_.bytes)
			throw Error(ErrorCode::kClosed, "the batch was released before");
		uint32_t skip = std::min<uint32_t>(info[0].As<Napi::Number>(), contents_.events);
		// "All" is a number that may not fit 32 bits.
		double most = info[1].As<Napi::Number>().DoubleValue();
		uint32_t left = contents_.events - skip;
		uint32_t take = most < left ? static_cast<uint32_t>(most) : left;
		Contents part = contents_;
		uint32_t start = Skip(0, skip);
		uint32_t end = take == left ? contents_.size : Skip(start, take);

		part.offset += start;
		part.size = end - start;
		part.events = take;
		return Wrap(env, std::move(part));
	} catch (const Error &error) {
		throw ToJs(env, error);
	}
}

Napi::Value EventBatch::Release(const Napi::CallbackInfo &info)
{
	contents_.bytes.reset();
	return info.Env().Undefined();
}

}  // namespace sonde
