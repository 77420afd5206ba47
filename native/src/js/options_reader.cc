#include "options_reader.h"

#include "core/error.h"

namespace sonde {

namespace {

Napi::Value Required(const Napi::Object &object, const char *name, bool present)
{
	if (!present)
		throw Error(ErrorCode::kInvalidArgument, std::string("options: ") + name + " is missing");
	return object.Get(name);
}

}  // namespace

uint32_t NumberOf(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsNumber()).As<Napi::Number>().Uint32Value();
}

int64_t LongOf(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsNumber()).As<Napi::Number>().Int64Value();
}

uint64_t BigIntOf(const Napi::Object &object, const char *name)
{
	bool lossless;

	return Required(object, name, object.Get(name).IsBigInt()).As<Napi::BigInt>().Uint64Value(&lossless);
}

bool BooleanOf(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsBoolean()).As<Napi::Boolean>();
}

std::string StringOf(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsString()).As<Napi::String>();
}

std::set<std::string> StringsOf(const Napi::Object &object, const char *name)
{
	Napi::Array list = ArrayOf(object, name);
	std::set<std::string> strings;

	for (uint32_t i = 0; i < list.Length(); i++)
		strings.insert(list.Get(i).ToString());
	return strings;
}

std::string BytesOf(const Napi::Object &object, const char *name)
{
	auto bytes = Required(object, name, object.Get(name).IsTypedArray()).As<Napi::Uint8Array>();

	return {reinterpret_cast<const char *>(bytes.Data()), bytes.ByteLength()};
}

Napi::Object ObjectOf(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsObject()).As<Napi::Object>();
}

Napi::Array ArrayOf(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsArray()).As<Napi::Array>();
}

}  // namespace sonde
